"""Files are read in one sitting, and none of them tells where it was written."""

import re
from itertools import pairwise
from pathlib import Path

LONGEST = 450
# Folders of one machine and hosts of registries, written so that this file is clean too.
OF_ONE_MACHINE = re.compile(
    r"(?<![\w./])/(?:work|root|opt/pypi|home/\w+|Users/\w+)/"
    r"|file:/{3}"
    r"|\b(?:pypi\.or[g]|pythonhosted\.or[g]|npmjs\.or[g]|deb\.debian\.or[g])"
)
# An ignore with its code, and what follows it on the line.
IGNORE = re.compile(r"# (?:noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*|type: ignore\[[a-z, -]+\])(.*)")
TEXT = {".cfg", ".ini", ".ipynb", ".json", ".lock", ".md", ".py", ".sh", ".sql", ".toml", ".txt"}
TEXT |= {".yaml", ".yml", ""}


def test_modules_are_read_in_one_sitting(committed: list[Path], root: Path) -> None:
    """No module is longer than a person reads at once."""
    lengths = {
        path.relative_to(root).as_posix(): len(path.read_text().splitlines())
        for path in committed
        if path.suffix == ".py"
    }

    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_files_name_no_machine(committed: list[Path], root: Path) -> None:
    """No committed text holds a path of somebody's machine or the address of an index."""
    found = [
        f"{path.relative_to(root)}:{number}: {line.strip()[:80]}"
        for path in committed
        if path.suffix in TEXT
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if OF_ONE_MACHINE.search(line)
    ]

    assert found == []


def test_ignores_have_reasons(committed: list[Path], root: Path) -> None:
    """An ignore is followed by a comment that says why, or stands below one."""
    bare = [
        f"{path.relative_to(root)}:{number}"
        for path in committed
        if path.suffix == ".py"
        for number, (above, line) in enumerate(pairwise(["", *path.read_text().splitlines()]), 1)
        if (found := IGNORE.search(line))
        and not re.search(r"#\s+\S", found.group(1))
        and not above.lstrip().startswith("#")
    ]

    assert bare == []


def test_names_say_what_is_inside(sources: dict[str, str]) -> None:
    """No module is called after nothing in particular."""
    vague = {"utils", "util", "helpers", "common", "manager", "base", "misc"}

    assert [path for path in sources if vague & {*Path(path).parent.parts, Path(path).stem}] == []
