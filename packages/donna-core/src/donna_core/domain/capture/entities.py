"""People, places, events, lists, amounts and addresses in a text, and the parts of its times."""

from collections.abc import Collection, Iterator, Sequence

from donna_core.domain.capture.conditions import Sets
from donna_core.domain.capture.lexicon import Lexicon, Phrases
from donna_core.domain.capture.spans import Span
from donna_core.domain.capture.time_parts import time_parts
from donna_core.domain.capture.tokens import Shape, Token

_TRAVEL_REACH = 4  # words back from a place to what goes there
_WIDEST_EVENT = 3  # words before the noun: "weekly team sync meeting"


def find_entities(
    tokens: Sequence[Token], text: str, *, timed: Collection[int], lexicon: Lexicon
) -> tuple[Span, ...]:
    """Return what the text names, in order; two of different kinds may share words.

    Kinds: ``person``, ``relation``, ``place_name``, ``event_name``, ``meal_type``,
    ``list_name``, ``amount``, ``url``, and those of ``time_parts`` within the time phrases, whose
    tokens start at ``timed``.
    """
    found = [
        *time_parts(tokens, text, timed, sets=lexicon.sets),
        *_addresses(tokens),
        *_amounts(tokens, text, sets=lexicon.sets),
        *_lists(tokens, text, sets=lexicon.sets),
        *_people(tokens, text, timed, lexicon),
        *_places(tokens, text, timed, lexicon),
        *_events(tokens, text, timed, lexicon),
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda span: (span.start, span.end)))


def _span(kind: str, tokens: Sequence[Token], text: str) -> Span:
    start, end = tokens[0].start, tokens[-1].end
    return Span(kind=kind, start=start, end=end, text=text[start:end])


def _addresses(tokens: Sequence[Token]) -> Iterator[Span]:
    for token in tokens:
        head = token.norm
        if token.shape is Shape.OPAQUE and (
            head.startswith(("http://", "https://", "www.")) or ("@" in head and "." in head)
        ):
            link = token.text.rstrip(".,;:!?)")
            yield Span(kind="url", start=token.start, end=token.start + len(link), text=link)


def _amounts(tokens: Sequence[Token], text: str, *, sets: Sets) -> Iterator[Span]:
    """Yield sums of money and shares: "$40", "50 euros", "20%"."""
    for place, token in enumerate(tokens):
        if token.shape is Shape.OPAQUE and (token.text[0] in "$€£¥" or token.text[-1] == "%"):
            yield _span("amount", [token], text)
        elif token.text in "$€£¥" and place + 1 < len(tokens) and tokens[place + 1].glued:
            yield _span("amount", tokens[place : place + 2], text)
        elif token.norm in sets["entities_currencies"] and place:
            number = tokens[place - 1]
            if number.shape in (Shape.INTEGER, Shape.DECIMAL, Shape.OPAQUE):
                yield _span("amount", tokens[place - 1 : place + 1], text)


def _lists(tokens: Sequence[Token], text: str, *, sets: Sets) -> Iterator[Span]:
    """Yield the names before "list": "my grocery list"."""
    for place, token in enumerate(tokens):
        if token.norm in sets["entities_todos"] or (
            token.norm in sets["entities_dos"]
            and place
            and tokens[place - 1].norm in sets["title_to"]
        ):
            if token.norm not in sets["entities_do"] or (
                place + 1 < len(tokens) and tokens[place + 1].norm in sets["entities_list_noun"]
            ):
                first = place - 1 if token.norm in sets["entities_dos"] else place
                yield _span("list_name", tokens[first : place + 1], text)
        elif token.norm in sets["entities_list_noun"]:
            start = place
            while start > 0 and place - start < 2 and _names_list(tokens[start - 1], sets=sets):
                start -= 1
            if start < place:
                yield _span("list_name", tokens[start:place], text)


def _names_list(token: Token, *, sets: Sets) -> bool:
    return (
        token.shape is Shape.WORD
        and token.norm not in sets["entities_list_stops"]
        and token.norm not in sets["time_parts_no_names"]
        and not token.text.casefold().endswith("'s")
    )


def _people(
    tokens: Sequence[Token], text: str, timed: Collection[int], lexicon: Lexicon
) -> Iterator[Span]:
    """Yield relations by their word, names by the words before or after them."""
    taken: set[int] = set()
    for match in lexicon.relations.within(tokens):
        if tokens[match.start].start not in timed and not _is_event_head(
            tokens, match.end, lexicon
        ):
            taken.update(range(match.start, match.end))
            yield _span("relation", tokens[match.start : match.end], text)
    place = 0
    while place < len(tokens):
        end = _name_end(tokens, place, timed, taken, lexicon)
        if end > place:
            for first, last in _single_names(tokens, place, end, sets=lexicon.sets):
                yield _span("person", tokens[first:last], text)
        place = max(end, place + 1)


def _is_event_head(tokens: Sequence[Token], place: int, lexicon: Lexicon) -> bool:
    """Whether an event follows, as in "doctor appointment", so that nobody is meant."""
    return (
        place < len(tokens)
        and lexicon.events.at(tokens, place) is not None
        and not tokens[place - 1].text.casefold().endswith(("'s", "’s"))
        and tokens[place - 1].norm in lexicon.sets["entities_offices"]
    )


def _name_end(
    tokens: Sequence[Token],
    place: int,
    timed: Collection[int],
    taken: Collection[int],
    lexicon: Lexicon,
) -> int:
    """Return where the names that begin here end, or ``place`` where none begin."""
    before = tokens[place - 1] if place else None
    token = tokens[place]
    titled = token.norm in lexicon.sets["entities_titles"] and place + 1 < len(tokens)
    owner = _owns_event(tokens, place, lexicon)
    capital = place > 0 and token.text[:1].isupper() and not token.text.isupper()
    met = before is not None and before.norm in lexicon.sets["entities_with"]
    reached = before is not None and _contacts(tokens, place, lexicon)
    goes = _is_travel(tokens, place, sets=lexicon.sets)
    near = capital and not goes and _near_person(tokens, place, sets=lexicon.sets)
    if not (titled or owner or near or met or reached):
        return place
    end = place
    while end < len(tokens) and _may_be_name(tokens, end, timed, taken, lexicon):
        end += 1
        if (
            tokens[end - 1].norm in lexicon.sets["entities_titles"]
            and end < len(tokens)
            and tokens[end].text == "."
        ):
            end += 1
            continue
        if reached and not token.text[:1].isupper() and not titled:
            break
        if owner and _owns_event(tokens, end - 1, lexicon):
            break
        if end < len(tokens) and tokens[end].norm in lexicon.sets["entities_ands"] and met:
            if end + 1 < len(tokens) and _may_be_name(tokens, end + 1, timed, taken, lexicon):
                end += 1
                continue
            break
    if end - place == 1 and titled and not owner and not capital:
        return place
    return end


def _owns_event(tokens: Sequence[Token], place: int, lexicon: Lexicon) -> bool:
    """Whether the token is a name in "Jim's birthday" or "jims wedding"."""
    text = tokens[place].text.casefold()
    return (
        text.endswith(("'s", "’s"))
        and place + 1 < len(tokens)
        and lexicon.events.at(tokens, place + 1) is not None
        and tokens[place].norm not in lexicon.sets["time_parts_no_names"]
        and lexicon.relations.at(tokens, place) is None
        and tokens[place].norm not in lexicon.sets["entities_stops"]
    )


def _contacts(tokens: Sequence[Token], place: int, lexicon: Lexicon) -> bool:
    for width in (1, 2):
        if place >= width:
            match = lexicon.contact_verbs.at(tokens, place - width)
            if match is not None and match.end == place:
                return (
                    place == width
                    or tokens[place - width - 1].norm in lexicon.sets["entities_before_verbs"]
                )
    return False


def _near_person(tokens: Sequence[Token], place: int, *, sets: Sets) -> bool:
    return tokens[place - 1].norm in sets["entities_near_person"]


def _is_travel(tokens: Sequence[Token], place: int, *, sets: Sets) -> bool:
    """Whether somebody goes there or comes from there: "train times to Berlin" names no person."""
    if not place or tokens[place - 1].norm not in sets["entities_towards"]:
        return False
    before = tokens[max(0, place - _TRAVEL_REACH) : place]
    return any(token.norm in sets["entities_travel"] for token in before)


def _may_be_name(
    tokens: Sequence[Token],
    place: int,
    timed: Collection[int],
    taken: Collection[int],
    lexicon: Lexicon,
) -> bool:
    token = tokens[place]
    if token.shape is not Shape.WORD or token.start in timed or place in taken:
        return False
    if token.norm in lexicon.sets["entities_titles"]:
        return True
    known: tuple[Phrases, ...] = (lexicon.events, lexicon.places, lexicon.agenda, lexicon.vague)
    return (
        token.norm not in lexicon.sets["entities_no_name"]
        and token.norm not in lexicon.sets["time_parts_no_persons"]
        and all(phrases.at(tokens, place) is None for phrases in known)
        and (token.text[:1].isupper() or lexicon.domains.at(tokens, place) is None)
        and (token.text[:1].isupper() or lexicon.durations.at(tokens, place) is None)
    )


def _single_names(
    tokens: Sequence[Token], start: int, end: int, *, sets: Sets
) -> Iterator[tuple[int, int]]:
    """Cut a run of names: at "and" and commas, in lower case after each word."""
    first = start
    lower = not any(token.text[:1].isupper() for token in tokens[start:end])
    for place in range(start, end + 1):
        joint = place == end or tokens[place].norm in sets["entities_ands"]
        if joint:
            if place > first:
                yield first, place
            first = place + 1
        elif lower and place > first and not {
            tokens[place].norm, tokens[place - 1].norm
        } & sets["entities_titles"]:  # fmt: skip
            yield first, place
            first = place


def _places(
    tokens: Sequence[Token], text: str, timed: Collection[int], lexicon: Lexicon
) -> Iterator[Span]:
    """Yield places by their noun after "at", "in", "to" and names after "at"."""
    place = 1
    while place < len(tokens):
        lead = tokens[place - 1].norm
        of_somebody = lexicon.relations.at(tokens, place - 1) is not None
        if (
            lead not in lexicon.sets["entities_towards"]
            and lead not in lexicon.sets["entities_articles"]
            and not of_somebody
        ):
            place += 1
            continue
        led = any(
            token.norm in lexicon.sets["entities_towards"]
            for token in tokens[max(0, place - 3) : place]
        )
        match = lexicon.places.at(tokens, place) if led else None
        if match is not None and tokens[place].start not in timed:
            yield _span("place_name", tokens[place : match.end], text)
            place = match.end + 1
            continue
        end, goes = place, _is_travel(tokens, place, sets=lexicon.sets)
        while (
            (lead in lexicon.sets["entities_at"] or goes)
            and end < len(tokens)
            and tokens[end].start not in timed
            and tokens[end].shape is Shape.WORD
            and tokens[end].text[:1].isupper()
        ):
            end += 1
        if end > place:
            yield _span("place_name", tokens[place:end], text)
        place = max(end, place + 1)


def _events(
    tokens: Sequence[Token], text: str, timed: Collection[int], lexicon: Lexicon
) -> Iterator[Span]:
    """Yield the names of events: the noun with the words that tell which one."""
    place = 0
    while place < len(tokens):
        match = lexicon.events.at(tokens, place)
        if match is None or tokens[place].start in timed or _is_verb(tokens, place, lexicon):
            place += 1
            continue
        end = match.end
        while end < len(tokens) and (longer := lexicon.events.at(tokens, end)) is not None:
            if tokens[end].start in timed:
                break
            end = longer.end
        start = place
        while (
            start > 0
            and place - start < _WIDEST_EVENT
            and _modifies(tokens, start - 1, timed, lexicon)
        ):
            start -= 1
        meal = end - start == 1 and tokens[start].norm in lexicon.sets["entities_meals"]
        yield _span("meal_type" if meal else "event_name", tokens[start:end], text)
        place = end


def _is_verb(tokens: Sequence[Token], place: int, lexicon: Lexicon) -> bool:
    """Whether the word opens an action: "call mom", "visit the vet"."""
    if lexicon.action_verbs.at(tokens, place) is None or place + 1 >= len(tokens):
        return False
    before = tokens[place - 1].norm if place else "to"
    return before in lexicon.sets["entities_verb_leads"]


def _modifies(
    tokens: Sequence[Token], place: int, timed: Collection[int], lexicon: Lexicon
) -> bool:
    token = tokens[place]
    return (
        token.shape is Shape.WORD
        and token.start not in timed
        and token.norm not in lexicon.sets["entities_stops"]
        and not token.text.casefold().endswith(("'s", "’s"))
        and token.norm not in lexicon.sets["time_parts_no_names"]
        and lexicon.action_verbs.at(tokens, place) is None
        and lexicon.request_verbs.at(tokens, place) is None
    )
