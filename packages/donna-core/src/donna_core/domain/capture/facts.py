"""Talk that tells how something is: known by how it opens, and by having nothing to do in it.

"Remember that Ruth is vegetarian" is for the memory; "remember that I have to call Ruth", "note
that the dentist is at 3" and "fyi, call Ruth" are for the agenda. In doubt it is a task.
"""

from collections.abc import Collection, Sequence

from donna_core.domain.capture.lexicon import Lexicon, Match
from donna_core.domain.capture.tokens import Shape, Token, tokenize

_FEWEST_WORDS = 3  # of a fact: who, is, what
_SHORTEST_TALK = 20  # characters that say something
_MOST_COURTESIES = 5  # before "remember that"


def tells_fact(
    tokens: Sequence[Token], words: Sequence[Token], *, ahead: Collection[int], lexicon: Lexicon
) -> bool:
    """Whether a message asks to remember how something is, and leaves nothing to do.

    ``words`` are those of the ``tokens`` that are no punctuation, from where the message begins;
    ``ahead`` are the starts of the tokens in phrases of a time that is not over.
    """
    opening = _opening(words, lexicon)
    rest = [] if opening is None else words[opening.end :]
    if opening is None or len(rest) < _FEWEST_WORDS:
        return False
    begin = next(at for at, token in enumerate(tokens) if token.start == rest[0].start)
    said, parted = tokens[begin:], tokens[begin - 1].shape is Shape.PUNCTUATION
    return (parted or _is_sentence(rest, lexicon)) and not (
        tokens[-1].text == "?"
        or any(token.start in ahead for token in rest)
        or leaves_duty(said, lexicon)
    )


def leaves_duty(said: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether something is left to do: by a word such as "must", or by a clause that orders."""
    words = _words(said)
    if next(lexicon.duties.within(words), None) is not None:
        return True
    if lexicon.language.verb_last and any(_orders(words, at, lexicon) for at in range(len(words))):
        return True
    joints = lexicon.sets["intent_joints"]
    begins = [0, *(at + 1 for at, token in enumerate(said[:-1]) if token.norm in joints)]
    return any(_orders(said, at, lexicon) for at in begins)


def is_asked_to_remember(text: str, lexicon: Lexicon) -> bool:
    """Whether a text asks in so many words to be remembered."""
    tokens = tokenize(text)
    return _opening(_words(tokens), lexicon.of_text(tokens)) is not None


def says_something(text: str, lexicon: Lexicon) -> bool:
    """Whether talk is worth remembering unasked: it is no mere courtesy and asks nothing."""
    tokens = tokenize(text)
    lexicon, words = lexicon.of_text(tokens), _words(tokens)
    if len(text.strip()) < _SHORTEST_TALK or not words or "?" in text:
        return False
    question = lexicon.questions.at(words, 0)
    if question is None or question.end == len(words):
        return question is None
    return words[question.end].norm in lexicon.sets["intent_exclaims"]  # "what a day it was"


def _words(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if token.shape is not Shape.PUNCTUATION]


def _opening(words: Sequence[Token], lexicon: Lexicon) -> Match | None:
    """Return the words that ask to remember, which courtesies and a name may go before."""
    place = 0
    for _ in range(_MOST_COURTESIES):
        if place >= len(words):
            return None
        opening = lexicon.facts.at(words, place)
        before = lexicon.prefixes.at(words, place) or lexicon.addressees.at(words, place)
        if opening is not None and (before is None or before.end <= opening.end):
            return opening  # and no "keep in mind to"
        if before is None:
            return None
        place = before.end
    return None


def _is_sentence(rest: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether a sentence follows: "remember that form for Ida" only points at a thing."""
    sets, first = lexicon.sets, rest[0].norm.partition("'")[0]
    begins = sets["split_determiners"] | sets["split_subjects"] | sets["intent_own"]
    named = rest[0].text[:1].isupper() or first in begins
    return named or any(word.norm in sets["intent_states"] for word in rest[1:])


def _orders(words: Sequence[Token], place: int, lexicon: Lexicon) -> bool:
    """Whether a verb that gives an order stands here: "call", not "calls"; or "don't"."""
    if words[place].norm in lexicon.sets["intent_forbids"]:
        return True
    verb = lexicon.action_verbs.at(words, place)
    return verb is not None and str(verb.value).split()[0].casefold() == words[place].norm
