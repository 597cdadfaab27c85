"""The demo: everything it shows comes out of the real composition."""

import re
from typing import Any

from donna_cli.playing import read_script

FOLDER = re.compile(r"donna-demo-\w+")


def test_the_demo_walks_the_whole_way(donna: Any) -> None:
    """Receipts, the week, a reminder, the ladder, an answer, the night and a digest."""
    said = donna("demo")

    assert said.code == 0
    sentences = read_script().sentences
    assert said.out.count("  You: ") == len(sentences)
    assert said.out.count("Added: ") == len(sentences) - 1
    assert "This does not read like a task: Thanks, what a day!" in said.out
    assert re.search(r"Looks like #\d+ Call Mom", said.out)
    for channel in ("discord", "sms", "email"):
        assert re.search(rf"\[{channel}\] \S+ \S+ .*Pay the electricity bill", said.out)
    assert re.search(r"The owner answers \w{5} #\d+ Pay the electricity bill", said.out)
    assert "06:30 Your day: Tuesday 9 March 2027" in said.out
    assert ", 0 in quiet hours." in said.out


def test_the_demo_is_the_same_every_time(donna: Any) -> None:
    """Clock, owner and rules leave nothing to chance, the folder's name apart."""
    first, second = (FOLDER.sub("", donna("demo", "--days", "1").out) for _ in range(2))

    assert first == second


def test_the_demo_touches_no_home(donna: Any, home: Any) -> None:
    """The demo lives in a folder of its own and leaves the owner's data alone."""
    before = sorted(path.name for path in home.rglob("*"))

    donna("demo", "--days", "1")

    assert sorted(path.name for path in home.rglob("*")) == before
