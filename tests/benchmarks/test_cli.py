"""How long the terminal takes, beside empty programs on the same libraries.

The peers are as small as they can be: a Typer app of two commands, and one that imports
SQLAlchemy and commits a row durably.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROUNDS = 7

EMPTY = """
import typer
app = typer.Typer()
@app.command()
def one(): "The first."
@app.command()
def two(): "The second."
app()
"""
ROW = """
import sys
import typer
app = typer.Typer()
@app.command()
def add(words: list[str]):
    from sqlalchemy import create_engine, text
    engine = create_engine("sqlite:///" + sys.argv[-1])
    with engine.begin() as connection:
        connection.execute(text("PRAGMA synchronous=FULL"))
        connection.execute(text("CREATE TABLE IF NOT EXISTS task (title TEXT)"))
        connection.execute(text("INSERT INTO task VALUES (:title)"), {"title": words[0]})
@app.command()
def two(): "The second."
app()
"""
DONNA = "from donna_cli.app import main; main()"


def medians(
    home: Path, mine: Sequence[Sequence[str]], peer: Sequence[str]
) -> tuple[float, float, str]:
    """Run both in turns; return the median seconds of each and what mine printed last."""
    environment = {**os.environ, "DONNA_HOME": str(home)}
    times: tuple[list[float], list[float]] = ([], [])
    printed = ""
    for words in mine:
        for taken, program in zip(times, (words, peer), strict=True):
            start = time.perf_counter()
            result = subprocess.run(
                [sys.executable, "-c", *program],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
            taken.append(time.perf_counter() - start)
            printed = result.stdout if program is words else printed
    return statistics.median(times[0]), statistics.median(times[1]), printed


def test_help_takes_little_longer_than_an_empty_app(tmp_path: Path) -> None:
    """`donna --help` against the help of two commands."""
    mine, peer, printed = medians(tmp_path, [[DONNA, "--help"]] * ROUNDS, [EMPTY, "--help"])

    print(f"\ndonna --help: {mine:.3f} s, empty app: {peer:.3f} s, ratio {mine / peer:.2f}")
    assert "Get it done" in printed


def test_adding_takes_little_longer_than_committing_a_row(tmp_path: Path) -> None:
    """`donna add`, calendar file included, against one row through SQLAlchemy."""
    titles = ["Buy milk", "Fix the roof", "Pay rent", "Call mum", "Read mail", "Sort", "Cook"]
    words = [[DONNA, "add", title, "tomorrow"] for title in titles[:ROUNDS]]
    medians(tmp_path, words[:1], [EMPTY, "--help"])
    mine, peer, printed = medians(tmp_path, words, [ROW, "add", "Buy milk", str(tmp_path / "db")])

    print(f"\ndonna add: {mine:.3f} s, one row: {peer:.3f} s, ratio {mine / peer:.2f}")
    assert "Added: #" in printed


def test_looking_takes_little_longer_than_committing_a_row(tmp_path: Path) -> None:
    """`donna` alone against one row through SQLAlchemy."""
    medians(tmp_path, [[DONNA, "add", "Buy milk"]], [EMPTY, "--help"])
    row = [ROW, "add", "Buy milk", str(tmp_path / "db")]
    mine, peer, printed = medians(tmp_path, [[DONNA]] * ROUNDS, row)

    print(f"\ndonna: {mine:.3f} s, one row: {peer:.3f} s, ratio {mine / peer:.2f}")
    assert "Next" in printed
