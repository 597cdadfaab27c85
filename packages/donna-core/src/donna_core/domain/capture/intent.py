"""What a message wants: something done, an answer, or only talk."""

from collections.abc import Sequence
from enum import StrEnum

from donna_core.domain.capture.lexicon import Lexicon, Match
from donna_core.domain.capture.tokens import Shape, Token, tokenize

_SHORT = 8  # words; talk is rarely longer once its opener is known
_POLITE = frozenset({
    "can you", "could you", "would you", "will you", "can you please", "could you please",
    "would you please", "hey donna", "hi donna", "hello donna", "ok donna", "to do",
})  # fmt: skip


class Intent(StrEnum):
    """What a message wants."""

    TASK = "task"
    QUESTION = "question"
    CHAT = "chat"


def classify(text: str, lexicon: Lexicon) -> tuple[Intent, float]:
    """Return the intent of a message and how sure that is, in [0, 1].

    A request ("can you remind me to …") is a task although it asks. A question is known by its
    opener, surer with a question mark; talk by its opener and by naming nothing to do.
    """
    tokens = [token for token in tokenize(text) if token.shape is not Shape.PUNCTUATION]
    if not any(token.norm[0].isalnum() for token in tokens):
        return Intent.CHAT, 0.8
    asks = text.rstrip().endswith("?")
    chat = lexicon.chat.at(tokens, 0) if lexicon.urgency.at(tokens, 0) is None else None
    if chat is not None and chat.end == len(tokens):
        return Intent.CHAT, 0.97
    rest, requested = _without_courtesies(tokens, lexicon)
    if requested:
        return Intent.TASK, 0.95
    if lexicon.questions.at(rest, 0) is not None:
        return Intent.QUESTION, 0.95 if asks else 0.75
    return _unasked(tokens, rest, chat, lexicon, asks=asks)


def _unasked(
    tokens: Sequence[Token],
    rest: Sequence[Token],
    chat: Match | None,
    lexicon: Lexicon,
    *,
    asks: bool,
) -> tuple[Intent, float]:
    """Judge a message that neither asks nor requests in so many words."""
    if lexicon.action_verbs.at(rest, 0) is not None and len(tokens) > 1:
        return Intent.TASK, 0.95
    if chat is not None:
        return _after_greeting(tokens, chat, lexicon, asks=asks)
    if asks and not _names_action(tokens, lexicon):
        return Intent.QUESTION, 0.6
    return Intent.TASK, 0.9 if _names_action(tokens, lexicon) else 0.7


def _without_courtesies(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[Sequence[Token], bool]:
    """Return what follows the courtesies, and whether one of them asks for a task."""
    while tokens:
        match = lexicon.prefixes.at(tokens, 0)
        if match is None or match.end >= len(tokens):
            break
        asks = match.end - match.start > 1 and match.value not in _POLITE
        if asks and lexicon.chat.at(tokens, 0) is None:
            return tokens[match.end :], True
        tokens = tokens[match.end :]
    return tokens, False


def _after_greeting(
    tokens: Sequence[Token], chat: Match, lexicon: Lexicon, *, asks: bool
) -> tuple[Intent, float]:
    """Judge "hi, …": by what follows the greeting."""
    rest, requested = _without_courtesies(tokens[chat.end :], lexicon)
    if requested:
        return Intent.TASK, 0.9
    if lexicon.action_verbs.at(rest, 0):
        return Intent.TASK, 0.85
    if lexicon.questions.at(rest, 0):
        return Intent.QUESTION, 0.8 if asks else 0.65
    return (Intent.CHAT, 0.85) if len(rest) <= _SHORT else (Intent.TASK, 0.55)


def _names_action(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    return any(lexicon.action_verbs.at(tokens, place) for place in range(min(3, len(tokens))))
