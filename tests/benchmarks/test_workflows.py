"""How long workflows take, as whole processes beside the start of an empty Typer app.

CPU seconds of the process and of all it starts are compared, so that a busy machine shifts both
alike; the wall clock is printed beside them. The least of a few rounds counts.
"""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from attrs import frozen

ROUNDS = 5
EMPTY = """
import typer
app = typer.Typer()
@app.command()
def one(): "The first."
@app.command()
def two(): "The second."
app()
"""
DONNA = "from donna_cli.app import main; main()"
HEAD = '# Chain\n\n```toml donna\nkind = "donna.lib.workflow"\nstart_operation_id = "s0"\n```\n'
STEP = """
## S{n}

```toml donna
id = "s{n}"
kind = "donna.lib.run_script"
goto_on_success = "{after}"
goto_on_failure = "end"
```

```bash donna script
#!/bin/sh
true
```
"""
END = '\n## End\n\n```toml donna\nid = "end"\nkind = "donna.lib.finish"\n```\n'
NOTE = '# Note {n}\n\n```toml donna\nkind = "donna.lib.specification"\n```\n\nWords.\n'


@frozen
class Taken:
    """The least CPU and the least wall seconds of some runs."""

    cpu: float
    wall: float


def taken(folder: Path, program: Sequence[str], before: Callable[[], None]) -> Taken:
    """Run a program some times, after something that is not measured."""
    runs = []
    for _ in range(ROUNDS):
        before()
        start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-c", *program],
            cwd=folder,
            env={**os.environ, "HOME": str(folder.parent)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        runs.append((cpu, time.perf_counter() - start))
    return Taken(min(cpu for cpu, _ in runs), min(wall for _, wall in runs))


def donna(folder: Path, words: str, *, before: str | None = None) -> Taken:
    """Measure a command of workflows, after another one that is not measured."""

    def prepare() -> None:
        if before is not None:
            once(folder, before)

    return taken(folder, [DONNA, "-p", "llm", *words.split()], prepare)


def once(folder: Path, words: str) -> None:
    """Run a command of workflows."""
    subprocess.run(
        [sys.executable, "-c", DONNA, "-p", "llm", *words.split()],
        cwd=folder,
        env={**os.environ, "HOME": str(folder.parent)},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def workspace(tmp_path: Path) -> Path:
    """Return a workspace with a session."""
    folder = tmp_path / "project"
    folder.mkdir()
    once(folder, "workspaces init --no-instructions")
    once(folder, "sessions start")
    return folder


def chain(folder: Path, length: int) -> None:
    """Write a workflow of so many scripts."""
    steps = [
        STEP.format(n=n, after=f"s{n + 1}" if n + 1 < length else "end") for n in range(length)
    ]
    (folder / f".donna/project/c{length}.md").write_text("".join([HEAD, *steps, END]))


def test_listing_and_running(tmp_path: Path) -> None:
    """`artifacts list '**'`, 50 and 200 script operations, in starts of an empty app."""
    folder = workspace(tmp_path)
    for length in (3, 10, 50, 100, 200):
        chain(folder, length)
    once(folder, "artifacts list")
    unit = taken(folder, [EMPTY, "one"], lambda: None)
    listed = donna(folder, "artifacts list **")
    fifty = donna(folder, "sessions run project:c50", before="sessions reset")
    many = donna(folder, "sessions run project:c200", before="sessions reset")

    print(f"\nempty app: {unit.cpu:.3f} s CPU, {unit.wall:.3f} s wall")
    for name, each in {"list 16 artifacts": listed, "50 scripts": fifty, "200": many}.items():
        ratio, wall = each.cpu / unit.cpu, each.wall / unit.wall
        print(f"{name}: {each.cpu:.3f} s, {ratio:.2f} units ({wall:.2f} by the wall clock)")
    growth = many.cpu / fifty.cpu
    print(f"200 against 50: {growth:.2f} times ({many.wall / fifty.wall:.2f} by the wall clock)")
    # Both ran to their ends, so that the figures are about the same work.
    status = (folder / ".donna/session/state.json").read_text()
    assert '"tasks": []' in status


def test_listing_a_thousand(tmp_path: Path) -> None:
    """A thousand artifacts against a hundred, both with a warm index."""
    times = []
    for count in (100, 1000):
        parent = tmp_path / str(count)
        parent.mkdir()
        folder = workspace(parent)
        for n in range(count):
            (folder / f".donna/project/n{n}.md").write_text(NOTE.format(n=n))
        once(folder, "artifacts list")
        once(folder, "artifacts list")
        times.append(donna(folder, "artifacts list"))
        assert (folder / ".donna/cache/index-llm.json").stat().st_size > 40 * count
    few, many = times

    print(f"\n1000 artifacts against 100: {many.cpu / few.cpu:.2f} times CPU, ", end="")
    print(f"{many.wall / few.wall:.2f} by the wall clock")
