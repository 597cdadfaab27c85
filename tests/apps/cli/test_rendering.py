"""What is shown: widths, control characters, colour, plain text."""

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from typer.testing import CliRunner

from donna_cli.invocation import Invocation
from donna_cli.render import Grid, show
from donna_core.domain.wording import Line, Tone

Donna = Callable[..., Any]


def test_control_characters_never_reach_the_screen(donna: Donna) -> None:
    """Not by a title, not by a note, not by an error."""
    donna("add", "Buy milk")
    donna("edit", "1", "--note", "a\x1b[31mb", "--title", "Buy \x1b]0;x\x07milk\u202e")
    outputs = [
        donna(*words)
        for words in (["list"], ["show", "1"], ["list", "--json"], ["done", "\x1b[2J"], ["wat\x1b"])
    ]

    for said in outputs:
        assert not set("\x1b\x07\u202e") & set(said.out + said.err)


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_tables_fit_the_terminal(
    donna: Donna, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    """Wide characters and emoji count as two, and nothing is cut off."""
    donna("add", "-", text="日本語の長いタイトルを持つ仕事です\nBuy 🥛🥛🥛 and 🧀🧀🧀\nBuy milk\n")
    monkeypatch.setenv("COLUMNS", columns)
    said = donna("list")

    assert all(cell_len(line) <= int(columns) for line in said.out.splitlines())
    assert said.out.count("🥛") == 3
    assert sum(said.out.count(letter) for letter in set("日本語の長いタイトルを持つ仕事です")) == 17


def test_plain_lists_are_sentences(donna: Donna) -> None:
    """One task a line, no box, no column."""
    donna("add", "Buy milk !4")
    [line] = donna("list", "--plain").out.splitlines()

    assert line.startswith("#1, Buy milk, when ")
    assert line.endswith("priority 4")


def test_brackets_in_titles_are_no_markup(donna: Donna) -> None:
    """Rich's markup means nothing in what people write."""
    donna("add", "Read", "[red]the [link=x]rules[/link]")

    assert "[red]the [link=x]rules[/link]" in donna("list", "--plain").out
    assert "[red]the" in donna("list").out


def test_no_colour_off_a_terminal(donna: Donna, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where a library is told to force it."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    donna("add", "Buy milk")

    assert "\x1b" not in donna().out + donna("list").out


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=5))
def test_any_text_can_be_shown(rows: list[tuple[str, str]]) -> None:
    """Lines and tables take whatever people write, and print no control character."""
    grid = Grid(columns=("#", "What"), rows=tuple(rows), wide="What")
    lines = [Line(text, Tone.WARNING, 1) for pair in rows for text in pair]
    runner = CliRunner()
    with runner.isolation() as (out, *_):
        show([grid, *lines], Invocation())
        show([grid, *lines], Invocation(plain=True))
        text = out.getvalue().decode()

    assert not any(unicodedata.category(each) == "Cc" for each in text.replace("\n", ""))


def test_a_terminal_without_unicode_gets_stand_ins(process: Any, home: Path) -> None:
    """An encoding that lacks a character costs the character, not the command."""
    started = process("add", "Buy 🥛", PYTHONIOENCODING="latin-1")
    out, err = started.communicate()

    assert started.returncode == 0, err
    assert b"Added: #1 Buy ?" in out
    assert home.is_dir()
