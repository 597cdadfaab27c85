"""The parts of the times in a text: which words are the date, the clock, the part of the day."""

from collections.abc import Collection, Iterator, Sequence

from donna_core.domain.capture.conditions import Sets
from donna_core.domain.capture.spans import Span
from donna_core.domain.capture.tokens import Shape, Token

_DATE_SHAPES = frozenset({Shape.ISO, Shape.DATE, Shape.MONTH_YEAR, Shape.SLASH, Shape.ORDINAL})
_CLOCK_SHAPES = frozenset({Shape.CLOCK, Shape.HOURS, Shape.MERIDIEM})
"""Words of time that are no part of anything's name."""
"""Words of time and number that are nobody's name."""


def time_parts(
    tokens: Sequence[Token], text: str, timed: Collection[int], *, sets: Sets
) -> Iterator[Span]:
    """Yield the parts of the time phrases, whose tokens start at ``timed``: runs of one kind.

    Kinds are ``date``, ``time``, ``timeofday`` and ``general_frequency``.
    """
    kinds = [
        _time_kind(tokens, place, sets=sets)
        if token.start in timed
        else ("date" if token.norm in sets["time_parts_casual_days"] else None)
        for place, token in enumerate(tokens)
    ]
    place = 0
    while place < len(tokens):
        kind = kinds[place]
        if kind is None:
            place += 1
            continue
        end = place + 1
        while end < len(tokens) and kinds[end] == kind:
            end += 1
        yield from _part(
            kind, tokens[place:end], tokens[place - 1] if place else None, text, sets=sets
        )
        place = end


def _part(
    kind: str, run: Sequence[Token], before: Token | None, text: str, *, sets: Sets
) -> Iterator[Span]:
    while run and run[-1].norm in sets["time_parts_edges"]:
        run = run[:-1]
    while run and run[0].norm in sets["time_parts_edges"]:
        run = run[1:]
    if not run:
        return
    if kind == "timeofday" and before is not None and before.norm in sets["time_parts_this"]:
        run = [before, *run]
    start, end = run[0].start, run[-1].end
    yield Span(kind=kind, start=start, end=end, text=text[start:end])


def _time_kind(tokens: Sequence[Token], place: int, *, sets: Sets) -> str | None:
    """Return which part of a time the token is, judged by it and its neighbours."""
    norm = tokens[place].norm
    before = tokens[place - 1].norm if place else ""
    if _repeated(tokens, place, sets=sets):
        return "general_frequency"
    if _is_ordinal(tokens, place, sets=sets):
        return "date"
    kind = _plain_kind(tokens[place], sets=sets)
    if kind is not None:
        return (
            "time"
            if norm in sets["time_parts_parts"] and before in sets["time_parts_numbers"]
            else kind
        )
    if norm in sets["time_parts_aligning"]:
        following = _first_kind(tokens, place + 1, sets=sets)
        return following if following in {"date", "time"} else None
    if norm in sets["time_parts_of"]:
        return "date" if _near_month(tokens, place, sets=sets) else None
    return _number_kind(tokens, place, sets=sets)


def _is_ordinal(tokens: Sequence[Token], place: int, *, sets: Sets) -> bool:
    """Whether the word counts days: "twenty second", but not "a second"."""
    norm = tokens[place].norm
    if norm in sets["time_parts_tens"]:
        return _next_norm(tokens, place) in sets["time_parts_ordinals"]
    before = tokens[place - 1].norm if place else ""
    following = {_next_norm(tokens, place), _next_norm(tokens, place + 1)}
    return norm in sets["time_parts_ordinals"] and (
        before in sets["time_parts_tens"]
        or norm not in sets["time_parts_clock_units"]
        or not following.isdisjoint(sets["time_parts_months"])
    )


def _plain_kind(token: Token, *, sets: Sets) -> str | None:
    """Return the kind that the word has by itself."""
    if token.norm in sets["time_parts_parts"]:
        return "timeofday"
    if token.norm in sets["time_parts_date_words"] or token.shape in _DATE_SHAPES:
        return "date"
    if (
        token.norm in sets["time_parts_clock_units"]
        or token.norm in sets["time_parts_o"]
        or token.shape in _CLOCK_SHAPES
    ):
        return "time"
    return None


def _next_norm(tokens: Sequence[Token], place: int) -> str:
    return tokens[place + 1].norm if place + 1 < len(tokens) else ""


def _repeated(tokens: Sequence[Token], place: int, *, sets: Sets) -> bool:
    """Whether the token belongs to a frequency: "every other friday"."""
    if tokens[place].norm in sets["time_parts_frequencies"] | sets["time_parts_each"]:
        return True
    for back in range(place - 1, max(-1, place - 5), -1):
        if tokens[back].norm in sets["time_parts_each"]:
            return all(
                word.norm in sets["time_parts_counted"] or word.shape is Shape.INTEGER
                for word in tokens[back + 1 : place + 1]
            )
    return False


def _first_kind(tokens: Sequence[Token], place: int, *, sets: Sets) -> str | None:
    """Return the kind of the first word after alignments and numbers."""
    kinds = (_plain_kind(token, sets=sets) for token in tokens[place : place + 3])
    return next((kind for kind in kinds if kind is not None), None)


def _near_month(tokens: Sequence[Token], place: int, *, sets: Sets) -> bool:
    near = tokens[max(0, place - 3) : place + 4]
    return any(token.norm in sets["time_parts_months"] for token in near)


def _number_kind(tokens: Sequence[Token], place: int, *, sets: Sets) -> str | None:
    """Judge a number word by what it counts."""
    norm = tokens[place].norm
    before = tokens[place - 1].norm if place else ""
    if norm in sets["articles"]:
        following = _next_norm(tokens, place)
        if following in sets["time_parts_clock_units"]:
            return "time"
        return "date" if following in sets["time_parts_day_units"] else None
    if norm in sets["ands"]:
        return "time" if before in sets["time_parts_wholes"] else None
    if norm not in sets["time_parts_numbers"] and tokens[place].shape not in (
        Shape.INTEGER,
        Shape.DECIMAL,
    ):
        return None
    if (
        _next_norm(tokens, place) in sets["time_parts_ordinals"]
        or before in sets["time_parts_months"]
        or _ordinal_tail(tokens, place, sets=sets)
    ):
        return "date"
    return _counted_kind([token.norm for token in tokens[place + 1 : place + 4]], sets=sets)


def _counted_kind(following: Sequence[str], *, sets: Sets) -> str:
    """Return the kind of a number by the words after it; alone it is a time of day."""
    for each in following:
        if each in sets["time_parts_meridiems"] or each in sets["time_parts_clock_units"]:
            return "time"
        if each in sets["time_parts_day_units"] or each in sets["time_parts_months"]:
            return "date"
        if each not in sets["time_parts_numbers"] and each not in sets["ofs"]:
            break
    return "time"


def _ordinal_tail(tokens: Sequence[Token], place: int, *, sets: Sets) -> bool:
    """Whether the number completes a day after a month: "march thirty one"."""
    return (
        place >= 2
        and tokens[place - 2].norm in sets["time_parts_months"]
        and tokens[place - 1].norm in sets["time_parts_tens"]
    )
