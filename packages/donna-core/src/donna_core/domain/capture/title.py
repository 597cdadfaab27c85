"""The title: what is left of the sentence once times, marks and courtesies are taken out."""

from collections.abc import Collection, Sequence

from attrs import frozen

from donna_core.domain.capture.conditions import Sets
from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.tokens import Shape, Token

_ENDS = frozenset(".!?;")
_LEADING_WORDS = 40  # tokens that may lead up to a request
_NAME_WIDTH = 4  # tokens of "remind my older sister to"
_REQUEST_WIDTH = 5  # tokens between "set" and "reminder"
_LONGEST = 120
_MOST_COURTESIES = 20  # one after the other


@frozen(kw_only=True)
class Title:
    """The title, the rest of the text, and the tokens that ended up in the title."""

    text: str
    description: str | None
    tokens: tuple[Token, ...]


def make_title(
    tokens: Sequence[Token],
    text: str,
    *,
    taken: Collection[int],
    timed: Collection[int],
    lexicon: Lexicon,
) -> Title:
    """Return the first sentence without the taken tokens as title, the others as description.

    ``timed`` are the places of tokens in times: the dot of "31. Mai" ends no sentence.

    Who is to be reminded and what led to a request ("the sofa comes on Monday, remind me to …")
    belong to the description as well.
    """
    sentences = [
        part
        for sentence in _sentences(tokens, taken, timed, sets=lexicon.sets)
        for asked in _at_request(_without_asides(sentence, sets=lexicon.sets), lexicon)
        for part in _before_reason(asked, sets=lexicon.sets)
    ]
    kept, others = [], []
    for sentence in sentences:
        cut, reminded = _for_somebody(_without_courtesies(sentence, lexicon), lexicon)
        if any(token.norm.isalnum() for token in cut):
            kept.append(cut)
            others += [_capital(_written(reminded)) + "."] if reminded else []
    if not kept:
        return Title(text=_capital(text[:_LONGEST].strip()), description=None, tokens=())
    title = _written(kept[0])
    rest = " ".join([*others, *(_capital(_written(each)) + "." for each in kept[1:])])
    if len(title) > _LONGEST:
        rest, title = text, title[:_LONGEST].rsplit(" ", 1)[0] + "…"
    return Title(text=_capital(title), description=rest or None, tokens=tuple(kept[0]))


def is_courtesy(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether the words ask for nothing but to be asked: "please", "send me a reminder"."""
    rest = _trimmed(list(tokens), sets=lexicon.sets)
    while rest:
        end = _courtesy_end(rest, lexicon)
        polite = lexicon.suffixes.at(rest, 0)
        if not end and polite is None:
            return False
        rest = _trimmed(rest[max(end, polite.end if polite else 0) :], sets=lexicon.sets)
    return True


def _at_request(sentence: list[Token], lexicon: Lexicon) -> list[list[Token]]:
    """Put what is asked for in the middle of a sentence before what led to it."""
    for place in range(1, min(len(sentence) - 1, _LEADING_WORDS)):
        before = sentence[place - 1]
        if (
            before.shape is not Shape.PUNCTUATION
            and before.norm not in lexicon.sets["title_before_request"]
        ):
            continue
        rest = sentence[place:]
        match = lexicon.prefixes.at(rest, 0)
        asks = match is not None and rest[0].norm in lexicon.sets["title_asking"] and match.end > 1
        end = match.end if match and asks else _courtesy_end(rest, lexicon)
        if end > 1 and end < len(rest) and not (match and not asks):
            before_it = sentence[:place]
            said = _courtesy_end(before_it, lexicon) < len(before_it)
            return [rest, before_it] if said else [rest]
    return [sentence]


def _before_reason(sentence: list[Token], *, sets: Sets) -> list[list[Token]]:
    """Part the work from what is told about it: "renew the pass, it runs out"."""
    for place in range(2, len(sentence) - 2):
        if sentence[place].text == "," and sentence[place + 1].norm in sets["title_subjects"]:
            return [sentence[:place], sentence[place + 1 :]]
        if sentence[place].norm in sets["fields_reasons"]:
            return [sentence[:place], sentence[place:]]
    return [sentence]


def _for_somebody(sentence: list[Token], lexicon: Lexicon) -> tuple[list[Token], list[Token]]:
    """Cut "remind Jake to clean" and "for Jake to clean" into the work and who does it."""
    opens = sentence[:1] and sentence[0].norm in lexicon.sets["title_remind"]
    first = 1 if opens else 0
    for place in range(first + 1, min(len(sentence) - 1, first + _NAME_WIDTH + 1)):
        joint = sentence[place].norm
        follows = lexicon.action_verbs.at(sentence, place + 1) is not None
        if (
            opens
            and joint in lexicon.sets["title_remind_links"]
            and sentence[1].norm not in lexicon.sets["title_me"]
        ):
            return _trimmed(sentence[place + 1 :], sets=lexicon.sets), sentence[:place]
        if (
            not opens
            and joint in lexicon.sets["title_to"]
            and follows
            and _is_person(sentence[:place], lexicon)
        ):
            return sentence[place + 1 :], sentence[:place]
        if lexicon.action_verbs.at(sentence, place) and not opens:
            break
    return sentence, []


def _is_person(words: Sequence[Token], lexicon: Lexicon) -> bool:
    last = words[-1]
    return (
        last.norm in lexicon.sets["title_pronouns"]
        or lexicon.relations.at(words, len(words) - 1) is not None
        or (
            len(words) == 1
            and not any(
                phrases.at(words, 0)
                for phrases in (
                    lexicon.action_verbs,
                    lexicon.events,
                    lexicon.durations,
                    lexicon.domains,
                    lexicon.agenda,
                    lexicon.places,
                )
            )
        )
    )


def _without_asides(sentence: list[Token], *, sets: Sets) -> list[Token]:
    """Leave out how long before an event to speak up: "30 minutes before my flight"."""
    for place in range(1, len(sentence)):
        if (
            sentence[place].norm not in sets["title_before"]
            or sentence[place - 1].norm not in sets["title_units"]
        ):
            continue
        start = place - 2
        while start >= 0 and _counts(sentence[start], sets=sets):
            start -= 1
        start += 1
        if start < place - 1:
            end = place + 1
            alone = end < len(sentence) and sentence[end].norm in sets["title_that"]
            return sentence[:start] if alone else sentence[:start] + sentence[end:]
    return sentence


def _counts(token: Token, *, sets: Sets) -> bool:
    number = token.shape in (Shape.INTEGER, Shape.DECIMAL, Shape.FRACTION)
    return number or token.norm in sets["title_small_numbers"]


def _sentences(
    tokens: Sequence[Token], taken: Collection[int], timed: Collection[int], *, sets: Sets
) -> list[list[Token]]:
    sentences: list[list[Token]] = [[]]
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        inside = place in timed and place + 1 in timed
        if token.norm in _ENDS and not inside and (following is None or not following.glued):
            if place and token.glued and tokens[place - 1].norm in sets["title_abbreviations"]:
                sentences[-1].append(token)
            else:
                sentences.append([])
        elif place not in taken:
            sentences[-1].append(token)
    return [sentence for sentence in sentences if sentence]


def _without_courtesies(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """Take prefixes, suffixes, loose punctuation and words that lost their object off both ends."""
    for _ in range(_MOST_COURTESIES):
        before = len(tokens)
        tokens = _trimmed(tokens, sets=lexicon.sets)
        end = _courtesy_end(tokens, lexicon)
        if end < len(tokens):
            tokens = tokens[end:]
        for start in range(max(1, len(tokens) - 5), len(tokens)):
            suffix = lexicon.suffixes.at(tokens, start)
            if suffix is not None and suffix.end == len(tokens):
                tokens = tokens[:start]
                break
        if not tokens or len(tokens) == before:
            break
    return tokens


def _courtesy_end(tokens: Sequence[Token], lexicon: Lexicon) -> int:
    """Return where a courtesy or a request such as "set up a new reminder for" ends."""
    if not tokens:
        return 0
    match = lexicon.prefixes.at(tokens, 0)
    if match is not None:
        return match.end
    match = lexicon.request_verbs.at(tokens, 0)
    if match is None:
        return 0
    for place in range(match.end, min(len(tokens), match.end + _REQUEST_WIDTH)):
        noun = lexicon.request_nouns.at(tokens, place)
        if noun is not None:
            end = _after_receiver(tokens, noun.end, lexicon)
            linked = end < len(tokens) and tokens[end].norm in lexicon.sets["title_links"]
            return end + 1 if linked else end
        if tokens[place].norm not in lexicon.sets["title_fillers"]:
            break
    return 0


def _after_receiver(tokens: Sequence[Token], end: int, lexicon: Lexicon) -> int:
    """Return the place of the link in "a reminder to my son for", "on my calendar for"."""
    if end + 2 < len(tokens) and tokens[end + 2].norm in lexicon.sets["title_keepers"]:
        return end + 3
    if end >= len(tokens) or tokens[end].norm not in lexicon.sets["title_receivers"]:
        return end
    for place in range(end + 2, min(len(tokens), end + _NAME_WIDTH)):
        if tokens[place].norm in lexicon.sets["title_purposes"]:
            words = tokens[end + 1 : place]
            return place if _is_person(words, lexicon) else end
        if lexicon.action_verbs.at(tokens, place):
            break
    return end


def _trimmed(tokens: list[Token], *, sets: Sets) -> list[Token]:
    start, end = 0, len(tokens)
    while start < end and (_is_loose(tokens[start]) or tokens[start].norm in sets["title_leading"]):
        start += 1
    while end > start and (
        _is_loose(tokens[end - 1], closing=True) or tokens[end - 1].norm in sets["title_hanging"]
    ):
        end -= 1
    return tokens[start:end]


def _is_loose(token: Token, *, closing: bool = False) -> bool:
    if token.shape is not Shape.PUNCTUATION:
        return False
    return token.text not in (")]}\"'”’" if closing else "([{\"'“‘$€£+") and token.text.isascii()


def _written(tokens: Sequence[Token]) -> str:
    """Return the tokens as they stood, one blank where something was taken out between them."""
    parts: list[str] = []
    last: Token | None = None
    for token in tokens:
        if last is None or last.end == token.start or token.text in ",;:.!?)" or last.text == "(":
            gap = ""
        else:
            gap = " "
        if not (token.text == "," and parts and parts[-1] == ","):
            parts += [gap, token.text]
        last = token
    return "".join(parts).replace("()", "").strip()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
