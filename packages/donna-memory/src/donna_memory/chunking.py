"""Documents are cut where their meaning is: at headings, between turns, between notes.

Tokens are counted by words and marks, 1.3 for each: more than MiniLM makes of English prose, so
that a chunk of 256 never runs over the model's own limit.
"""

import math
import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from donna_memory.documents import Chunk, Document, SourceType

MAX_TOKENS = 256
OVERLAP_TOKENS = 32
MIN_TOKENS = 32
TOKENS_A_WORD = 1.3

_TOKEN = re.compile(r"\w+|[^\w\s]")
_HEADING = re.compile(r"(#{1,3})\s+(.+?)\s*#*\s*")
_FENCE = re.compile(r"\s*(```+|~~~+)")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")


def token_count(text: str) -> int:
    """Return how many tokens a text has at most, as counted above."""
    return math.ceil(len(_TOKEN.findall(text)) * TOKENS_A_WORD)


def chunks_of(document: Document) -> tuple[Chunk, ...]:
    """Return the chunks of a document, in order; an empty one has none.

    Nor has a note of Donna's that nobody changed: it retells what is remembered anyway, and must
    not be found as a source of what she writes next.
    """
    if document.metadata.get("untouched"):
        return ()
    sections = (
        _sections(document.content)
        if document.source_type is SourceType.VAULT
        else [Section(path=(), blocks=_paragraphs(document.content))]
    )
    chunks: list[Chunk] = []
    for path, text in _sized(_merged(sections)):
        chunks.append(
            Chunk(position=len(chunks), text=text, tokens=token_count(text), heading_path=path)
        )
    return tuple(chunks)


@frozen(kw_only=True)
class Section:
    """What stands under one heading; a fenced block of code is one block."""

    path: tuple[str, ...]
    blocks: tuple[str, ...]

    @property
    def tokens(self) -> int:
        """How long it is."""
        return sum(token_count(block) for block in self.blocks)


def _sections(text: str) -> list[Section]:
    """Return the sections of a Markdown text; headings inside fences are code."""
    sections: list[Section] = []
    path: tuple[str, ...] = ()
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if mark and (not fence or mark.group(1).startswith(fence)):
            fence = "" if fence else mark.group(1)
        heading = None if fence or mark else _HEADING.fullmatch(line)
        if heading is None:
            lines.append(line)
            continue
        sections.append(Section(path=path, blocks=_paragraphs("\n".join(lines))))
        depth = len(heading.group(1))
        path, lines = (*path[: depth - 1], heading.group(2)), []
    sections.append(Section(path=path, blocks=_paragraphs("\n".join(lines))))
    return [section for section in sections if section.blocks]


def _paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs; blank lines inside a fence part nothing."""
    found: list[str] = []
    lines: list[str] = []
    fence = ""
    for line in [*text.splitlines(), ""]:
        mark = _FENCE.match(line)
        if mark and (not fence or mark.group(1).startswith(fence)):
            fence = "" if fence else mark.group(1)
        if line.strip() or fence:
            lines.append(line)
        elif lines:
            found.append("\n".join(lines).strip())
            lines = []
    if lines:
        found.append("\n".join(lines).strip())
    return tuple(found)


def _merged(sections: Sequence[Section]) -> Iterator[Section]:
    """Join what is too short with what follows, under the path both share."""
    held: Section | None = None
    for section in sections:
        joined = section if held is None else _joined(held, section)
        held = None
        if joined.tokens < MIN_TOKENS:
            held = joined
        else:
            yield joined
    if held is not None:
        yield held


def _joined(first: Section, second: Section) -> Section:
    shared = []
    for one, other in zip(first.path, second.path, strict=False):
        if one != other:
            break
        shared.append(one)
    named = [" › ".join(each.path[len(shared) :]) for each in (first, second)]
    blocks = [
        *((named[0],) if named[0] else ()),
        *first.blocks,
        *((named[1],) if named[1] else ()),
        *second.blocks,
    ]
    return Section(path=tuple(shared), blocks=tuple(blocks))


def _sized(sections: Iterator[Section]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Cut sections into texts of at most ``MAX_TOKENS``, each opening with the end of the last."""
    for section in sections:
        held: list[str] = []
        tokens = 0
        for piece in _pieces(section.blocks):
            size = token_count(piece)
            if held and tokens + size > MAX_TOKENS:
                yield section.path, "\n\n".join(held)
                held = _tail(held, room=MAX_TOKENS - size)
                tokens = sum(token_count(each) for each in held)
            held.append(piece)
            tokens += size
        if held:
            yield section.path, "\n\n".join(held)


def _pieces(blocks: Sequence[str]) -> Iterator[str]:
    """Yield blocks that fit; a longer one is cut between sentences, then between words."""
    for block in blocks:
        if token_count(block) <= MAX_TOKENS:
            yield block
            continue
        for sentence in _SENTENCE_END.split(block):
            words = sentence.split()
            size = int(MAX_TOKENS / TOKENS_A_WORD / 2)
            if token_count(sentence) <= MAX_TOKENS:
                yield sentence
            else:
                yield from (
                    " ".join(words[start : start + size]) for start in range(0, len(words), size)
                )


def _tail(held: Sequence[str], *, room: int) -> list[str]:
    """Return the last words that were held, ``OVERLAP_TOKENS`` of them at most."""
    words = held[-1].split()[-int(OVERLAP_TOKENS / TOKENS_A_WORD) :]
    tail = " ".join(words)
    return [tail] if words and token_count(tail) <= min(room, OVERLAP_TOKENS) else []
