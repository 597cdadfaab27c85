"""A path is a note inside the vault, or it is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_memory.vault.paths import folder_of, note_path, same_name
from donna_memory.vault.refusals import Reason, VaultRefused


@pytest.mark.parametrize(
    "path",
    [
        *["/etc/passwd.md", "../a.md", "a/../b.md", "a/./b.md", "a//b.md", "a/", "", ".", ".."],
        *[".obsidian/a.md", "Inbox/.git/a.md", "Inbox\\a.md", "C:a.md", "a\0.md", "a\n.md"],
        *["a/ b.md", "a /b.md", "a\u202eb.md", "a\u200bb.md", "x" * 260 + ".md", "~", "a./b.md"],
    ],
)
def test_what_leads_elsewhere_is_an_escape(path: str) -> None:
    """Also names that only some other system would understand."""
    with pytest.raises(VaultRefused) as refused:
        note_path(path)
    assert refused.value.reason in {Reason.PATH_ESCAPE, Reason.NOT_MARKDOWN}
    assert refused.value.reason is Reason.PATH_ESCAPE or not path.endswith(".md")


@pytest.mark.parametrize("path", ["Inbox/a.txt", "Inbox/a", "Inbox/a.MD", "Inbox/a.md.png"])
def test_only_markdown_is_a_note(path: str) -> None:
    """By its ending, as it is written."""
    with pytest.raises(VaultRefused) as refused:
        note_path(path)
    assert refused.value.reason is Reason.NOT_MARKDOWN


def test_names_are_one_however_they_are_composed() -> None:
    """An accent may be a letter's own or stand beside it."""
    assert note_path("Inbox/Cafe\u0301.md") == note_path("Inbox/Caf\u00e9.md")
    assert same_name("STRASSE.md", "straße.md")
    assert folder_of(note_path("Inbox/deep/a.md")) == "Inbox"
    assert folder_of(note_path("a.md")) == ""


@given(st.text(max_size=40))
def test_any_text_is_refused_or_stays_inside(text: str) -> None:
    """No part of a checked path leads up, is hidden or empty."""
    try:
        path = note_path(text)
    except VaultRefused:
        return
    assert all(part and not part.startswith(".") for part in path.split("/"))
    assert note_path(path) == path
