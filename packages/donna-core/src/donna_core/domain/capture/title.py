"""The title: what is left of the sentence once times, marks and courtesies are taken out."""

from collections.abc import Collection, Sequence

from attrs import frozen

from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.tokens import Shape, Token

_ENDS = frozenset(".!?;")
_ABBREVIATIONS = frozenset({"dr", "mr", "mrs", "ms", "prof", "st", "no", "vs", "jr", "sr", "co"})
_HANGING = frozenset(
    [
        "at",
        "for",
        "from",
        "to",
        "the",
        "a",
        "an",
        "and",
        "or",
        "but",
        "with",
        "of",
        "starting",
        "beginning",
        "due",
        "every",
        "each",
        "is",
        "are",
        "that",
        "then",
        "so",
    ]
)
_LEADING = frozenset(["to", "but", "and", "then", "that", "so", "about", "by", "on", "at"])
_LINKS = frozenset(["to", "for", "about", "of", "that", "on", "with", "regarding"])
_FILLERS = frozenset(
    [
        "me",
        "us",
        "up",
        "a",
        "an",
        "the",
        "my",
        "new",
        "another",
        "calendar",
        "quick",
        "recurring",
        "repeating",
    ]
)
_REQUEST_WIDTH = 5  # tokens between "set" and "reminder"
_LONGEST = 120


@frozen(kw_only=True)
class Title:
    """The title, the rest of the text, and the tokens that ended up in the title."""

    text: str
    description: str | None
    tokens: tuple[Token, ...]


def make_title(
    tokens: Sequence[Token], text: str, *, taken: Collection[int], lexicon: Lexicon
) -> Title:
    """Return the first sentence without the taken tokens as title, the others as description."""
    sentences = _sentences(tokens, taken)
    cut = [_without_courtesies(sentence, lexicon) for sentence in sentences]
    kept = [sentence for sentence in cut if any(token.norm.isalnum() for token in sentence)]
    if not kept:
        return Title(text=_capital(text[:_LONGEST].strip()), description=None, tokens=())
    title = _written(kept[0])
    rest = " ".join(_capital(_written(sentence)) + "." for sentence in kept[1:])
    if len(title) > _LONGEST:
        rest, title = text, title[:_LONGEST].rsplit(" ", 1)[0] + "…"
    return Title(text=_capital(title), description=rest or None, tokens=tuple(kept[0]))


def _sentences(tokens: Sequence[Token], taken: Collection[int]) -> list[list[Token]]:
    sentences: list[list[Token]] = [[]]
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        if token.norm in _ENDS and (following is None or not following.glued):
            if place and token.glued and tokens[place - 1].norm in _ABBREVIATIONS:
                sentences[-1].append(token)
            else:
                sentences.append([])
        elif place not in taken:
            sentences[-1].append(token)
    return [sentence for sentence in sentences if sentence]


def _without_courtesies(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """Take prefixes, suffixes, loose punctuation and words that lost their object off both ends."""
    changed = True
    while changed and tokens:
        before = len(tokens)
        tokens = _trimmed(tokens)
        end = _courtesy_end(tokens, lexicon)
        if end < len(tokens):
            tokens = tokens[end:]
        for start in range(max(1, len(tokens) - 5), len(tokens)):
            suffix = lexicon.suffixes.at(tokens, start)
            if suffix is not None and suffix.end == len(tokens):
                tokens = tokens[:start]
                break
        changed = len(tokens) != before
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
            linked = noun.end < len(tokens) and tokens[noun.end].norm in _LINKS
            return noun.end + 1 if linked else noun.end
        if tokens[place].norm not in _FILLERS:
            break
    return 0


def _trimmed(tokens: list[Token]) -> list[Token]:
    start, end = 0, len(tokens)
    while start < end and (_is_loose(tokens[start]) or tokens[start].norm in _LEADING):
        start += 1
    while end > start and (
        _is_loose(tokens[end - 1], closing=True) or tokens[end - 1].norm in _HANGING
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
