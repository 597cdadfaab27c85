"""Writing a note from a template: once for a key, whole or not at all."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from donna_core.domain.errors import ModelUnavailable
from donna_core.domain.events import Event, EventKind
from donna_core.domain.ids import UserId
from donna_core.local.stores import InMemoryUnitOfWork
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.scripted_model import ScriptedLanguageModel
from donna_memory.templates.rendering import TemplateBroken
from donna_memory.templates.writing import Draft, MemoryInformedWriter, Outcome
from donna_memory.vault.history import GitHistory
from donna_memory.vault.marks import Marked
from donna_memory.vault.refusals import Reason, VaultRefused
from donna_memory.vault.writer import VaultRules, VaultWriter

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Asked:
    """Gives what goes into a commitment log, and counts how often it was asked for it."""

    def __init__(self, **more: Any) -> None:
        self.times, self.more = 0, more

    async def __call__(self) -> Mapping[str, Any]:
        """Return the values."""
        self.times += 1
        day = NOON.date()
        return {"day": day, "label": "Friday", "promises": [], "captured": [], **self.more}


def draft(
    asked: Asked,
    *,
    key: str = "2026-11-20",
    path: str = "Log/2026-11-20.md",
    people: tuple[str, ...] = (),
) -> Draft:
    """Return a draft of a commitment log."""
    return Draft(
        template="commitment_log",
        task_type="extract_commitments",
        path=path,
        key=key,
        context=asked,
        people=people,
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give an empty vault."""
    folder = tmp_path / "vault"
    folder.mkdir()
    return folder


def writing(
    root: Path,
    *,
    to_inbox: bool = False,
    says: Mapping[str, Any] | Exception | None = None,
    folders: tuple[str, ...] = ("Inbox", "Log"),
) -> MemoryInformedWriter:
    """Return what writes drafts into Log and Inbox."""
    history = GitHistory(root.parent / "history" / "vault.git")
    rules = VaultRules(folders=frozenset(folders), max_note_bytes=10_000)
    writer = VaultWriter(
        root,
        history,
        rules=rules,
        clock=FakeClock(NOON),
        marked=lambda: Marked(patterns=("*/Mine.md",)),
    )
    answers = {} if says is None else {"extract_commitments": lambda _: says}
    return MemoryInformedWriter(
        writer=writer,
        language_model=ScriptedLanguageModel(answers),
        unit_of_work=InMemoryUnitOfWork(UserId("me")),
        clock=FakeClock(NOON),
        to_inbox=to_inbox,
    )


async def test_a_note_is_written_once_for_its_key(root: Path) -> None:
    """The second time nothing is gathered, and one commit is all there is to take back."""
    asked, writer = Asked(), writing(root)

    first = await writer.run(draft(asked))
    second = await writer.run(draft(asked))

    assert (first.outcome, second.outcome, asked.times) == (Outcome.WRITTEN, Outcome.SKIPPED, 1)
    assert (root / first.path).read_text() == first.text
    assert writer.writer.undo_last(1).commits
    assert not (root / first.path).exists()


async def test_whom_a_note_names_gets_a_stub_that_a_profile_may_write_over(root: Path) -> None:
    """Never over a note that is there, by whatever case and however old; each can be undone."""
    (root / "People").mkdir()
    (root / "People" / "bo.md").write_text("My own words of Bo.\n")
    (root / "People" / "Cy.md").write_text("My own words of Cy.\n")
    os.utime(root / "People" / "Cy.md", (0, 0))
    writer = writing(root, folders=("Log", "People"))
    people = ("Ida Berg", "Bo", "Cy", "Di")

    done = await writer.run(draft(Asked(), people=people))
    again = await writer.run(draft(Asked(), people=people))

    stub = root / "People" / "Ida Berg.md"
    assert (done.stubs, again.stubs) == (("People/Ida Berg.md", "People/Di.md"), ())
    assert "stub: true" in stub.read_text()
    assert "# Ida Berg\n\nMet at [[Log/2026-11-20.md]].\n" in stub.read_text()
    assert (root / "People" / "bo.md").read_text() == "My own words of Bo.\n"
    assert (root / "People" / "Cy.md").read_text() == "My own words of Cy.\n"
    events = await writer.unit_of_work.run(lambda stores: stores.events.since(0))
    assert [event.data["template"] for _, event in events][1:] == ["person_stub"] * 2

    over = await writer.run(
        Draft(
            template="person_profile", task_type="extract_commitments", path="People/Ida Berg.md",
            key="Ida Berg: 1", context=Asked(name="Ida Berg", known=[], mentions=[], tasks=[],
                                             links=[], zone=UTC),
        )
    )  # fmt: skip
    assert over.outcome is Outcome.WRITTEN
    assert "stub: false" in stub.read_text()


@pytest.mark.parametrize(
    ("to_inbox", "folders"), [(True, ("Inbox", "People")), (False, ("Log", "Inbox"))]
)
async def test_where_donna_may_not_begin_a_stub_the_note_is_written_alone(
    root: Path, *, to_inbox: bool, folders: tuple[str, ...]
) -> None:
    """With everything in the inbox, and without leave to write about people."""
    writer = writing(root, to_inbox=to_inbox, folders=folders)

    done = await writer.run(draft(Asked(), people=("Ida Berg",)))

    assert (done.outcome, done.stubs) == (Outcome.WRITTEN, ())
    assert len([*root.rglob("*.md")]) == 1


async def test_another_key_writes_anew_and_keeps_what_a_person_added(root: Path) -> None:
    """A property that only the person knows of stays."""
    writer = writing(root)
    first = await writer.run(draft(Asked()))
    note = root / first.path
    note.write_text(note.read_text().replace("type:", "mood: fine\ntype:", 1))

    second = await writer.run(draft(Asked(), key="later"))

    assert second.outcome is Outcome.WRITTEN
    assert "mood: fine" in note.read_text()
    assert "idempotency_key: later" in note.read_text()


async def test_a_note_that_somebody_else_wrote_stays(root: Path) -> None:
    """Whatever stands in it; nothing is gathered either."""
    (root / "Log").mkdir()
    note = root / "Log" / "2026-11-20.md"
    note.write_text("My own words.\n")
    asked = Asked()

    assert (await writing(root).run(draft(asked))).outcome is Outcome.KEPT
    assert (note.read_text(), asked.times) == ("My own words.\n", 0)


async def test_words_that_a_person_added_are_never_written_over(root: Path) -> None:
    """Neither for another key, nor once the change before was taken back."""
    writer = writing(root)
    note = root / (await writer.run(draft(Asked()))).path
    typed = note.read_text() + "\nI called Ida; she agrees.\n"
    note.write_text(typed)

    assert (await writer.run(draft(Asked(), key="later"))).outcome is Outcome.KEPT
    assert note.read_text() == typed
    assert writer.writer.undo_last(1).left == (str(note.relative_to(root)),)
    assert note.read_text() == typed


async def test_what_another_key_wrote_anew_can_be_had_back(root: Path) -> None:
    """As it was, with the properties a person gave it; and it may be written anew again."""
    writer = writing(root)
    note = root / (await writer.run(draft(Asked()))).path
    note.write_text(note.read_text().replace("type:", "mood: fine\ntype:", 1))
    before = note.read_text()
    await writer.run(draft(Asked(), key="later"))

    writer.writer.undo_last(1)

    assert note.read_text() == before
    assert (await writer.run(draft(Asked(), key="later"))).outcome is Outcome.WRITTEN


async def test_two_notes_of_one_day_do_not_meet_in_the_inbox(root: Path) -> None:
    """The folder that a note is meant for is a part of its name there."""
    writer = writing(root, to_inbox=True)

    for folder in ("Log", "Reflections"):
        done = await writer.run(draft(Asked(), path=f"{folder}/2026-11-20.md"))
        assert done.outcome is Outcome.WRITTEN


async def test_who_may_not_go_alone_writes_to_the_inbox(root: Path) -> None:
    """And knows there, too, that it was written."""
    writer = writing(root, to_inbox=True)

    assert (await writer.run(draft(Asked()))).path == "Inbox/Log 2026-11-20.md"
    assert (await writer.run(draft(Asked()))).outcome is Outcome.SKIPPED


async def test_a_preview_writes_nothing(root: Path) -> None:
    """It is the whole note nevertheless."""
    done = await writing(root).run(draft(Asked()), preview=True)

    assert done.outcome is Outcome.PREVIEWED
    assert "# Promised on Friday" in done.text
    assert list(root.rglob("*.md")) == []


@pytest.mark.parametrize(
    ("path", "reason"),
    [("Log/Mine.md", Reason.SENSITIVE), ("Diary/x.md", Reason.OUTSIDE_ALLOWLIST)],
)
async def test_where_donna_may_not_write_nothing_is_written(
    root: Path, path: str, reason: Reason
) -> None:
    """The vault says why."""
    with pytest.raises(VaultRefused) as refused:
        await writing(root).run(draft(Asked(), path=path))
    assert refused.value.reason is reason
    assert list(root.rglob("*.md")) == []


async def test_a_hole_in_the_context_writes_nothing(root: Path) -> None:
    """No partial note."""
    with pytest.raises(TemplateBroken):
        await writing(root).run(draft(Asked(promises=[object()])))
    assert list(root.rglob("*.md")) == []


SAID = {
    "summary": "You promised Ida a draft.\n# Not a heading [[Nor a link]]",
    "commitments": [
        {"statement": "Send the draft", "owner": "you", "due": "Friday", "confidence": "high"}
    ],
}


async def test_what_a_model_says_of_the_note_is_added_as_plain_lines(root: Path) -> None:
    """Under headings of ours, with its name; it is told what the rules made, and nothing else."""
    writer = writing(root, says=SAID)
    done = await writer.run(draft(Asked()))

    body = (root / done.path).read_text()
    assert "## Summary\nYou promised Ida a draft. # Not a heading \\[\\[Nor a link" in body
    assert "## Commitments\n- Send the draft; you; Friday; high\n\n(scripted)\n" in body
    assert done.model == "scripted"
    model = writer.language_model
    assert isinstance(model, ScriptedLanguageModel)
    [request] = model.requests
    assert request.inputs["note"].startswith("# Promised on Friday")


@pytest.mark.parametrize("says", [None, ModelUnavailable("extract_commitments", problem="away")])
async def test_where_no_model_answers_the_note_is_whole_without_it(
    root: Path, says: Exception | None
) -> None:
    """It is what a preview showed, for which no model is asked at all."""
    writer = writing(root, says=says)
    shown = await writer.run(draft(Asked()), preview=True)
    model = writer.language_model
    assert isinstance(model, ScriptedLanguageModel)
    assert model.requests == []

    done = await writer.run(draft(Asked()))
    assert (done.outcome, done.text, done.model) == (Outcome.WRITTEN, shown.text, "")


@pytest.mark.parametrize("path", ["Log/Mine.md", "Diary/x.md", "Log/2026-11-20.md"])
async def test_no_model_is_paid_for_a_note_that_is_refused(root: Path, path: str) -> None:
    """What is refused for good would be paid for with every try."""
    (root / "Log").mkdir()
    (root / "Log" / "2026-11-20.MD").write_text("A twin by case.\n")
    writer = writing(root, says=SAID)
    with pytest.raises(VaultRefused):
        await writer.run(draft(Asked(), path=path))
    model = writer.language_model
    assert isinstance(model, ScriptedLanguageModel)
    assert model.requests == []


async def test_a_note_that_was_written_is_told_to_the_event_log(root: Path) -> None:
    """With its path, its template and its commit; one that was skipped is not."""
    writer = writing(root)
    done = await writer.run(draft(Asked()))
    await writer.run(draft(Asked()))

    def told(stores: Stores) -> list[Event]:
        return [event for _, event in stores.events.since(0)]

    [event] = await writer.unit_of_work.run(told)
    assert event.kind is EventKind.NOTE_WRITTEN
    assert event.data == {
        "path": done.path,
        "template": "commitment_log",
        "commit": done.commit,
        "model": "",
    }
