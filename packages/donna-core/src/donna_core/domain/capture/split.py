"""Several tasks in one message: where each begins and ends, and what they share.

A cut is made only where both sides stand on their own: "buy milk and eggs" and "research and
write the report" are one task, "buy milk and call mom" are two.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from itertools import pairwise

from attrs import frozen

from donna_core.domain.capture.conditions import Sets
from donna_core.domain.capture.lexicon import Lexicon, Match
from donna_core.domain.capture.tokens import Shape, Token

MOST_TASKS = 100  # in one message; what follows stays with the last

_BULLET = re.compile(r"\s*(?:[-*•–—‣◦▪]|\[[ xX]?\]|\(?\d{1,3}[.)]|[a-h]\))(?:\s*\[[ xX]?\])?\s+")
_NUMBERED = re.compile(r"(?:(?<=\s)|^)\(?(\d{1,2})[.)]\s+(?=\S)")
_ENDS = frozenset({".", ";", "!"})
_FEWEST_WORDS = 2  # of a clause without a verb after "also"
_LONGEST_CLAUSE = 120  # tokens; a longer one is prose, and the cut stays linear
_ACTION_LINE = 12  # words; a longer line without a verb is prose


@frozen(kw_only=True)
class Segment:
    """Characters ``[start, end)`` of one task.

    ``inherits`` tells that it may take a day from the segment before it.
    """

    start: int
    end: int
    inherits: bool = True


@frozen(kw_only=True)
class Parts:
    """The tasks of a message, and the heading ``[0, heading)`` whose time they share."""

    segments: tuple[Segment, ...]
    heading: int = 0


@frozen(kw_only=True)
class _Draft:
    tokens: Sequence[Token]
    timed: Collection[int]
    placed: Collection[int]
    clocked: Collection[int]
    lexicon: Lexicon

    def verb(self, words: Sequence[Token]) -> Match | None:
        """Return the verb of a clause, which opens or, in some languages, closes it."""
        found = self.lexicon.action_verbs.at(words, 0) if words else None
        if found is not None or not words or not self.lexicon.language.verb_last:
            return found
        return self.lexicon.action_verbs.at(words, len(words) - 1)

    def plain(self, start: int, end: int) -> list[Token]:
        """Return the words of a stretch that belong to no time, courtesies and joints gone."""
        words = [
            token
            for token in self.tokens[start:end]
            if token.start not in self.timed and token.shape is not Shape.PUNCTUATION
        ]
        return _opened(words, self.lexicon)


def split(
    text: str,
    tokens: Sequence[Token],
    *,
    timed: Collection[int],
    placed: Collection[int],
    clocked: Collection[int],
    lexicon: Lexicon,
) -> Parts | None:
    """Return the tasks of a message, or None where it holds one.

    ``text`` may have line feeds. ``timed`` are the starts of the tokens in time phrases,
    ``placed`` of those in phrases that say when and not only how long, ``clocked`` of those in
    phrases with a time of day.
    """
    draft = _Draft(tokens=tokens, timed=timed, placed=placed, clocked=clocked, lexicon=lexicon)
    parts = _lines(text, draft) if "\n" in text else None
    parts = parts or _numbered(text) or _clauses(draft)
    if parts is None or len(parts.segments) < 2:
        return None
    if len(parts.segments) > MOST_TASKS:
        kept = (*parts.segments[: MOST_TASKS - 1], Segment(
            start=parts.segments[MOST_TASKS - 1].start, end=parts.segments[-1].end
        ))  # fmt: skip
        return Parts(segments=kept, heading=parts.heading)
    return parts


def _opened(words: list[Token], lexicon: Lexicon) -> list[Token]:
    """Return the words after joints and courtesies."""
    while words:
        match = lexicon.prefixes.at(words, 0)
        if match is not None:
            words = words[match.end :]
        elif words[0].norm in lexicon.sets["split_openers"]:
            words = words[1:]
        else:
            break
    return words


def _lines(text: str, draft: _Draft) -> Parts | None:
    """Read a list: bullets, numbers, or lines that each name something to do."""
    lines = []
    start = 0
    for line in text.split("\n"):
        lines.append((start, start + len(line), line))
        start += len(line) + 1
    marked = [bool(_BULLET.match(line)) for _, _, line in lines]
    if any(marked):
        return _bullets(lines, marked, draft)
    first, last = lines[0][0], lines[0][1]
    heading = last if _is_heading(draft, first, last) else 0
    listed = lines[1:] if heading else lines
    if all(_could_be_task(draft, start, end) for start, end, _ in listed):
        return Parts(
            segments=tuple(Segment(start=a, end=b, inherits=False) for a, b, _ in listed),
            heading=heading,
        )
    return None


def _bullets(
    lines: Sequence[tuple[int, int, str]], marked: Sequence[bool], draft: _Draft
) -> Parts | None:
    """Return the marked lines; unmarked lines after one belong to it, before all they head."""
    first = marked.index(True)
    if first > 1 or (first == 1 and not _is_heading(draft, lines[0][0], lines[0][1])):
        return None
    segments: list[Segment] = []
    for (start, end, line), is_marked in zip(lines[first:], marked[first:], strict=True):
        if is_marked:
            bullet = _BULLET.match(line)
            begin = start + (bullet.end() if bullet else 0)
            if begin < end:
                segments.append(Segment(start=begin, end=end, inherits=False))
        elif segments:
            segments[-1] = Segment(start=segments[-1].start, end=end, inherits=False)
    return Parts(segments=tuple(segments), heading=lines[0][1] if first else 0)


def _inside(draft: _Draft, start: int, end: int) -> tuple[int, int]:
    """Return the places of the tokens within characters ``[start, end)``."""
    return (
        bisect_left(draft.tokens, start, key=lambda token: token.start),
        bisect_left(draft.tokens, end, key=lambda token: token.start),
    )


def _is_heading(draft: _Draft, start: int, end: int) -> bool:
    """Whether a line only says when or that a list follows: "Tomorrow:", "My to-dos"."""
    first, last = _inside(draft, start, end)
    if first == last:
        return False
    words = draft.plain(first, last)
    return all(word.norm in draft.lexicon.sets["split_listed"] for word in words)


def _could_be_task(draft: _Draft, start: int, end: int) -> bool:
    first, last = _inside(draft, start, end)
    words = draft.plain(first, min(last, first + _LONGEST_CLAUSE))
    if not words:
        return False
    if draft.verb(words) is not None:
        return True
    return len(words) <= _ACTION_LINE // 2 and draft.tokens[last - 1].text not in {".", ",", ":"}


def _numbered(text: str) -> Parts | None:
    """Read "1) … 2) …" within a line: the numbers have to count up from one."""
    marks = list(_NUMBERED.finditer(text))
    if len(marks) < 2 or [int(mark[1]) for mark in marks] != list(range(1, len(marks) + 1)):
        return None
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    segments = []
    for mark, end in zip(marks, ends, strict=True):
        body = text[mark.end() : end].rstrip(" \n,;")
        if not body:
            return None
        segments.append(Segment(start=mark.end(), end=mark.end() + len(body), inherits=False))
    return Parts(segments=tuple(segments), heading=marks[0].start())


def _clauses(draft: _Draft) -> Parts | None:
    """Cut running text where one action ends and the next begins."""
    tokens = draft.tokens
    begin = _after_heading(draft)
    if tokens[begin].norm in draft.lexicon.sets["split_conditions"]:
        return None  # what follows the comma belongs to the condition
    cuts = [begin]
    listed = _all_actions(draft, begin)
    place = begin + 1
    while place < len(tokens) - 1:
        opening = _joint(draft, place)
        if opening is None:
            place += 1
            continue
        if opening < len(tokens) and _cut_here(draft, cuts[-1], place, opening, listed=listed):
            cuts.append(opening)
        place = opening
    if len(cuts) < 2:
        return None
    segments = []
    for at, cut in enumerate(cuts):
        end = cuts[at + 1] if at + 1 < len(cuts) else len(tokens)
        while end > cut + 1 and _is_joint(tokens[end - 1], sets=draft.lexicon.sets):
            end -= 1
        segments.append(Segment(start=tokens[cut].start, end=tokens[end - 1].end))
    return Parts(segments=tuple(segments), heading=tokens[begin].start if begin else 0)


def _is_joint(token: Token, *, sets: Sets) -> bool:
    return token.norm in sets["split_joints"]


def _after_heading(draft: _Draft) -> int:
    """Return the place after "tomorrow:", or 0."""
    for place, token in enumerate(draft.tokens[:12]):
        if token.text == ":" and 0 < place < len(draft.tokens) - 1:
            words = draft.plain(0, place)
            return (
                place + 1
                if all(word.norm in draft.lexicon.sets["split_listed"] for word in words)
                else 0
            )
    return 0


def _all_actions(draft: _Draft, begin: int) -> bool:
    """Whether commas set off things to do all through: each piece has a verb or a time."""
    bounds = [begin - 1]
    bounds += [p for p in range(begin, len(draft.tokens)) if draft.tokens[p].text in {",", ";"}]
    bounds.append(len(draft.tokens))
    pieces = [(a + 1, b) for a, b in pairwise(bounds)]
    if len(pieces) < 2:
        return False
    for start, end in pieces:
        words = draft.plain(start, end)
        has_time = any(token.start in draft.placed for token in draft.tokens[start:end])
        has_time = (
            has_time
            and bool(words)
            and words[0].norm
            not in draft.lexicon.sets["split_determiners"] | draft.lexicon.sets["split_subjects"]
        )
        verb = draft.verb(words) is not None
        chore = words and draft.lexicon.durations.at(words, 0) is not None
        if not words or not (verb or has_time or (begin and chore)):
            return False
    return True


def _joint(draft: _Draft, place: int) -> int | None:
    """Return where a new clause opens, or the text ends, if a joint stands at this place."""
    tokens = draft.tokens
    if tokens[place].start in draft.timed or not (
        _is_joint(tokens[place], sets=draft.lexicon.sets)
        or tokens[place].text in {"-", "–", "&", "!"}
    ):
        return None
    if tokens[place].text == "." and tokens[place + 1].glued:
        return None
    opening = place + 1
    while opening < len(tokens) and (
        _is_joint(tokens[opening], sets=draft.lexicon.sets)
        or tokens[opening].norm in draft.lexicon.sets["split_sighs"]
    ):
        opening += 1
    return opening


def _cut_here(draft: _Draft, last: int, place: int, opening: int, *, listed: bool) -> bool:
    """Whether what stands before and after the joint are tasks of their own."""
    # What takes something back, and what is to be ready for the work, belongs to it.
    belongs = (draft.lexicon.corrections, draft.lexicon.prep)
    if place - last > _LONGEST_CLAUSE or any(each.at(draft.tokens, opening) for each in belongs):
        return False
    before = draft.plain(last, place)
    end = _clause_end(draft, opening)
    after = draft.plain(opening, end)
    if not before or not after or _refers(after, sets=draft.lexicon.sets):
        return False
    joints = {token.norm for token in draft.tokens[place:opening]}
    if joints & _ENDS and _is_headed(draft, opening):
        return True
    verb = draft.verb(after)
    width = verb.end if verb is not None and verb.start == 0 else 0
    stands = _stands(draft, last, place, before)
    if _points_back(after, width, timed=_has_clock(draft, opening, end), sets=draft.lexicon.sets):
        return "also" in joints and verb is not None
    if verb is None or (listed and "," in joints and stands):
        added = bool(joints & draft.lexicon.sets["split_added"]) and len(after) > _FEWEST_WORDS
        return added or (listed and "," in joints and stands)
    begins = len(after) > width and not _is_noun(draft, opening, after, width)
    goes_on = joints == draft.lexicon.sets["split_and"] and _goes_on(draft, last, before, after)
    return begins and stands and _has_object(draft, before) and not goes_on


def _refers(words: Sequence[Token], *, sets: Sets) -> bool:
    """Whether a clause only points to something about the task: "…, see https://…"."""
    return words[0].norm in sets["split_see"] and any(word.shape is Shape.OPAQUE for word in words)


def _goes_on(draft: _Draft, last: int, before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Whether a plain "and" carries on with the same task."""
    return (
        draft.lexicon.errand_verbs.at(before, 0) is not None
        or draft.tokens[last].norm in draft.lexicon.sets["split_each"]
        or _speaks_on(draft, before, after)
    )


def _is_headed(draft: _Draft, opening: int) -> bool:
    """Whether a time and a colon open the clause: "Tuesday: dentist at 9"."""
    place = opening
    while place < len(draft.tokens) and draft.tokens[place].start in draft.timed:
        place += 1
    return opening < place < len(draft.tokens) and draft.tokens[place].text == ":"


def _stands(draft: _Draft, start: int, end: int, words: Sequence[Token]) -> bool:
    has_time = any(token.start in draft.placed for token in draft.tokens[start:end])
    has_time = (
        has_time
        and words[0].norm
        not in draft.lexicon.sets["split_determiners"] | draft.lexicon.sets["split_subjects"]
    )
    chore = draft.lexicon.durations.at(words, 0) is not None
    return has_time or chore or draft.verb(words) is not None


def _clause_end(draft: _Draft, start: int) -> int:
    for place in range(start, min(len(draft.tokens), start + _LONGEST_CLAUSE)):
        token = draft.tokens[place]
        if token.start not in draft.timed and (
            token.text in ",;.!" or token.norm in draft.lexicon.sets["split_and"]
        ):
            return place
    return min(len(draft.tokens), start + _LONGEST_CLAUSE)


def _points_back(words: Sequence[Token], after_verb: int, *, timed: bool, sets: Sets) -> bool:
    """Whether the clause speaks of something named before, so that it belongs to it.

    With a time of its own it is a step of its own: "pick her up at 3".
    """
    objects = words[after_verb : after_verb + 2]
    if any(word.norm in sets["split_pointing"] | sets["split_them"] for word in objects[:1]):
        return not timed
    return False


def _has_clock(draft: _Draft, start: int, end: int) -> bool:
    return any(token.start in draft.clocked for token in draft.tokens[start:end])


def _has_object(draft: _Draft, words: Sequence[Token]) -> bool:
    """Whether the words are more than a verb: "research" alone waits for its object."""
    verb = draft.lexicon.action_verbs.at(words, 0)
    return len(words) > (verb.end if verb is not None else 0)


def _is_noun(draft: _Draft, opening: int, after: Sequence[Token], end: int) -> bool:
    """Whether the verb is a noun here: "buy a pen and book for Ann", "the plan and budget"."""
    first = draft.tokens[opening]
    if first.norm in draft.lexicon.sets["split_determiners"]:
        return True
    ambiguous = draft.lexicon.agenda.at(after, 0) or draft.lexicon.events.at(after, 0)
    return (
        end < len(after)
        and after[end].norm in draft.lexicon.sets["split_noun_after"]
        and (
            ambiguous is not None
            or (end == 1 and after[0].norm in draft.lexicon.sets["split_nouns"])
        )
    )


def _speaks_on(draft: _Draft, before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Whether both clauses speak to the same person: "call the bank and ask about the card"."""
    first = draft.lexicon.contact_verbs.at(before, 0)
    return first is not None and after[0].norm in draft.lexicon.sets["split_speech"]  # fmt: skip
