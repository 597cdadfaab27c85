"""Nothing outside of the vault is opened, and nothing inside of it is run."""

import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from donna_memory.vault.history import GitHistory
from donna_memory.vault.reader import VaultReader
from donna_memory.vault.refusals import Reason, VaultRefused
from donna_memory.vault.writer import VaultWriter


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Give a folder next to the vault with a secret in it."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.md").write_text("secret")
    return folder


def test_links_are_not_followed(root: Path, outside: Path, writer: VaultWriter) -> None:
    """Neither a linked note nor a linked folder, reading or writing or listing."""
    (root / "Inbox").mkdir()
    (root / "Inbox/leak.md").symlink_to(outside / "secret.md")
    (root / "People").symlink_to(outside)
    reader = VaultReader(root)

    for path in ("Inbox/leak.md", "People/secret.md"):
        with pytest.raises(VaultRefused) as refused:
            reader.read(path)
        assert refused.value.reason is Reason.PATH_ESCAPE
        with pytest.raises(VaultRefused):
            writer.write(path, "overwritten")
    with pytest.raises(VaultRefused):
        writer.write("People/new.md", "written outside")
    assert reader.list() == ()
    assert {path.name for path in outside.iterdir()} == {"secret.md"}
    assert (outside / "secret.md").read_text() == "secret"


def test_what_is_no_file_is_not_opened(root: Path) -> None:
    """A pipe would block for ever."""
    os.mkfifo(root / "pipe.md")

    with pytest.raises(VaultRefused, match="no regular file"):
        VaultReader(root).read("pipe.md")


def test_a_folder_that_becomes_a_link_while_notes_are_written_leads_nowhere(
    root: Path, outside: Path, writer: VaultWriter
) -> None:
    """However often it is swapped, no byte arrives outside."""
    place, aside, link = root / "Inbox", root / "aside", root / "link"
    stop = threading.Event()
    place.mkdir()
    link.symlink_to(outside)

    def swap() -> None:
        while not stop.is_set():
            # The writer may make the folder anew in between; then the next round swaps it.
            with suppress(OSError):
                place.rename(aside)
                link.rename(place)
            with suppress(OSError):
                if place.is_symlink():
                    place.rename(link)
            with suppress(OSError):
                aside.rename(place)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for number in range(60):
            try:
                writer.write(f"Inbox/n{number}.md", "inside")
            except (VaultRefused, OSError):
                continue
    finally:
        stop.set()
        swapping.join()
    assert {path.name for path in outside.iterdir()} == {"secret.md"}


def test_nothing_planted_in_the_vault_is_run(
    root: Path, writer: VaultWriter, history: GitHistory, tmp_path: Path
) -> None:
    """No hook, no filter, no attribute, no monitor, of the vault or of its owner's git."""
    canary = tmp_path / "canary"
    script = f"#!/bin/sh\necho ran >> {canary}\ncat\n"
    (root / ".git/hooks").mkdir(parents=True)
    for name in ("pre-commit", "post-commit", "reference-transaction", "post-index-change"):
        hook = root / ".git/hooks" / name
        hook.write_text(script)
        hook.chmod(0o755)
    command = root / "filter.sh"
    command.write_text(script)
    command.chmod(0o755)
    configuration = f"[core]\n\tfsmonitor = {command}\n\thooksPath = {root}/.git/hooks\n"
    configuration += f'[filter "x"]\n\tclean = {command}\n\tsmudge = {command}\n'
    for place in (root / ".git/config", root / ".gitconfig", tmp_path / ".gitconfig"):
        place.write_text(configuration)
    (root / ".gitattributes").write_text("* filter=x\n")

    writer.write("Inbox/A.md", "One.")
    writer.write("Inbox/A.md", "Two.")
    writer.undo_last()

    assert not canary.exists()
    assert len(history.commits(10)) == 3


def test_two_writers_take_turns(root: Path, history: GitHistory, writer: VaultWriter) -> None:
    """Every write is a commit with one parent, and none is lost."""

    def write(name: str) -> None:
        for number in range(8):
            writer.write(f"Inbox/{name}{number}.md", f"{name} {number}")

    threads = [threading.Thread(target=write, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(history.commits(100)) == 16
    assert len(VaultReader(root).list("Inbox")) == 16
