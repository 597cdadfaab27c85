"""Documents are cut where their meaning is, and nothing of them is lost."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.ids import UserId
from donna_memory.chunking import MAX_TOKENS, chunks_of, token_count
from donna_memory.documents import Document, SourceType
from donna_memory.lexical import words_of

LONG = "The harbour master wrote down every ship that came in before the storm. " * 8


def note(content: str, source_type: SourceType = SourceType.VAULT) -> Document:
    """Return a document of that content."""
    return Document(
        user_id=UserId("anna"), source_type=source_type, source_id="A.md", content=content
    )


def test_sections_know_the_headings_above_them() -> None:
    """A deeper heading stands under the one before, a higher one begins anew."""
    chunks = chunks_of(note(f"# Boat\n{LONG}\n## Engine\n{LONG}\n# Garden\n{LONG}"))

    assert [chunk.heading_path for chunk in chunks] == [("Boat",), ("Boat", "Engine"), ("Garden",)]
    assert [chunk.position for chunk in chunks] == [0, 1, 2]


def test_a_short_section_is_joined_to_the_next() -> None:
    """Its heading stays in the text, because the path holds only what both share."""
    [chunk] = chunks_of(note("# Trip\n\n## Monday\n\nTo Leeds.\n\n## Tuesday\n\nBack home."))

    assert chunk.heading_path == ("Trip",)
    assert [*words_of(chunk.text)] == ["monday", "to", "leeds", "tuesday", "back", "home"]


def test_a_fence_is_one_piece_and_holds_no_heading() -> None:
    """A comment in a script is not a heading."""
    fence = "```sh\n# not a heading\n\nls\n```"
    [chunk] = chunks_of(note(f"# Notes\n\n{LONG}\n\n{fence}"))

    assert fence in chunk.text
    assert chunk.heading_path == ("Notes",)


def test_a_long_section_is_cut_and_the_pieces_overlap() -> None:
    """A sentence that is cut from what came before still shows the end of it."""
    numbered = " ".join(f"Sentence number {number} stands here." for number in range(200))
    chunks = chunks_of(note(numbered))

    assert len(chunks) > 3
    assert all(chunk.tokens <= MAX_TOKENS for chunk in chunks)
    for before, after in pairwise(chunks):
        assert before.text.split()[-1] in after.text.split()[:40]


@given(st.text(max_size=3000), st.sampled_from(SourceType))
def test_every_word_is_in_some_chunk(text: str, source_type: SourceType) -> None:
    """Whatever the text, no chunk is too long and no word of the body is lost."""
    chunks = chunks_of(note(text, source_type))

    found = {word for chunk in chunks for word in words_of(chunk.text)}
    found |= {word for chunk in chunks for part in chunk.heading_path for word in words_of(part)}
    headings = {
        word for line in text.splitlines() if line.startswith("#") for word in words_of(line)
    }
    assert {*words_of(text)} - headings <= found
    assert all(chunk.tokens == token_count(chunk.text) for chunk in chunks)
