"""What the facade hands back reads well, is safe to show and is plain data."""

import json
from collections.abc import Mapping
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core import Donna
from donna_core.domain.wording import Line
from donna_core.local import markup
from donna_core.local.text_table import aligned, width
from donna_core.local.views import View

HOSTILE = "<script>alert(1)</script> & \x1b[31mred monday 3pm"


class Markup(HTMLParser):
    """Collects tags and texts, and counts what is left open."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  # HTMLParser's own signature
        self.tags.append(tag)
        self.depth += tag != "br"

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  # HTMLParser's own signature
        self.depth -= 1

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def every_view(donna: Donna, text: str) -> list[View]:
    """Return one view of each kind about a task of this text."""
    receipt = donna.capture(text, insist=True)
    donna.busy_at(text, "monday 6pm", timedelta(hours=1))
    told = donna.advance_to("monday 3:45pm")
    views = [receipt, donna.tasks(), donna.now(), donna.today(), donna.week(), donna.why(1)]
    assert receipt.task is not None
    return [*views, told, receipt.task, donna.parse(text), donna.undo()]


def test_markup_is_escaped_and_well_formed(donna: Donna) -> None:
    """Nothing a person wrote becomes a tag, and every tag is closed."""
    for view in every_view(donna, HOSTILE):
        parsed = Markup()
        parsed.feed(view._repr_html_())
        assert not {"script", "style", "img"} & set(parsed.tags)
        assert parsed.depth == 0
        assert "".join(parsed.texts).strip()


def test_text_obeys_no_control_character(donna: Donna) -> None:
    """A terminal that prints a view is told nothing but text."""
    for view in every_view(donna, HOSTILE):
        assert "\x1b" not in str(view)
        assert repr(view) == str(view)


def test_plain_data_is_ready_for_json(donna: Donna) -> None:
    """Every view survives the way to JSON and back."""
    for view in every_view(donna, "Call the mechanic monday 3pm"):
        plain = view.to_dict()
        assert json.loads(json.dumps(plain)) == json.loads(json.dumps(plain, default=str))
        assert plain


def test_colours_suit_light_and_dark_pages(donna: Donna) -> None:
    """Text has the page's own colour, and backgrounds are translucent or absent."""
    for view in every_view(donna, "Call the mechanic monday 3pm"):
        html = view._repr_html_()
        assert "color:inherit" in html
        assert "background:#" not in html
        assert "background:white" not in html


def test_lists_are_rows_for_a_data_frame(donna: Donna) -> None:
    """Iterating gives mappings with the same keys, which pandas takes for rows."""
    donna.capture("Call the mechanic monday 3pm")
    donna.capture("Fix the shelf")
    for rows in (donna.tasks(), donna.week(), donna.advance_to("monday 4pm")):
        assert len(rows)
        assert all(isinstance(row, Mapping) for row in rows)
        assert len({tuple(row) for row in rows}) == 1


def test_slices_are_lists_again(donna: Donna) -> None:
    """Part of a list is shown like the whole."""
    for text in ("Fix the shelf", "Call mum", "Pay the rent"):
        donna.capture(text)
    tasks = donna.tasks()

    assert [row["title"] for row in tasks[1:]] == [row["title"] for row in tasks][1:]
    assert "Call mum" in str(tasks[1:2])
    assert "Fix the shelf" not in str(tasks[1:2])


def test_a_receipt_says_what_was_done(donna: Donna) -> None:
    """Each verb has its word, and undoing names what it took back."""
    donna.capture("Call the mechanic monday 3pm")

    assert str(donna.done(1)).startswith("Done: #1 Call the mechanic")
    assert str(donna.undo()).startswith("Undone: done")
    assert str(donna.redo()).startswith("Redone: done")
    assert str(donna.edit(1, note="Bring the key")).endswith("Undo: donna.undo()")
    assert str(donna.plan()).startswith("Nothing to change: everything is as it should be.")
    assert "does not read like a task" in str(donna.capture("hello"))


def test_a_receipt_leaves_the_size_to_why(donna: Donna) -> None:
    """Nobody asked how large the task is, until somebody asks why."""
    receipt = donna.capture("Call the mechanic for 20 min, monday 3pm")

    assert "because it takes" not in str(receipt)
    assert "Its size: because it takes 20 min" in str(donna.why(1))


def test_an_answer_names_its_task(donna: Donna) -> None:
    """The receipt of an answer tells which task was meant and what follows."""
    donna.capture("Call the mechanic today at 11am")
    donna.advance_to("today 12:45pm")
    answered, quiet = donna.ack(), donna.quiet("today 4pm")

    assert str(answered).startswith("Seen: #1 Call the mechanic\n  Donna asks no more")
    assert "`donna.quiet(None)` ends it" in str(quiet)


def test_offers_are_shown_and_can_be_taken(donna: Donna) -> None:
    """A task that fits nowhere as asked comes with choices, numbered as accept counts them."""
    donna.busy_at("Fair", "today 9am", "today 8pm")
    receipt = donna.capture("Write the report for work, 3 hours, by today 5pm")
    assert receipt.task is not None
    assert receipt.task["status"] == "needs_scheduling"
    assert "\n    1. " in str(receipt)
    assert "donna.accept(1, offer=1)" in str(receipt)

    assert "Accepted" in str(donna.accept(1, offer=1))
    assert donna.tasks()[0]["status"] == "scheduled"


def test_why_tells_reasons_and_history(donna: Donna) -> None:
    """The reasons that stand come first, then what was asked for."""
    donna.capture("Call the mechanic monday 3pm")
    why = donna.why("mechanic")

    assert any("you asked for Mon 23 Nov 15:00" in reason for reason in why.reasons)
    assert "you: capture (Call the mechanic monday 3pm)" in str(why)


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("日本", 4), ("e\u0301", 1), ("", 0)])
def test_width_counts_terminal_columns(text: str, columns: int) -> None:
    """Wide characters take two columns, combining ones none."""
    assert width(text) == columns


@given(st.lists(st.tuples(st.text("aé日 ", min_size=1), st.text("xy")), min_size=1))
def test_columns_line_up(rows: list[tuple[str, str]]) -> None:
    """The second column starts at the same place in every line that has one."""
    table = aligned(("First", "Second"), [(first.replace(" ", "_"), s) for first, s in rows])
    starts = {
        width(line) - width(line.split()[1]) for line in table.splitlines() if len(line.split()) > 1
    }

    assert len(starts) <= 1


@given(st.text())
def test_any_text_survives_escaping(text: str) -> None:
    """What the parser reads back from a paragraph is what was put in."""
    parsed = Markup()
    parsed.feed(markup.lines([Line(text)]))
    parsed.close()

    assert parsed.depth == 0
    assert "".join(parsed.texts) == text.replace("\r\n", "\n") or "\r" in text or "\x00" in text
