"""The forms of a word: plural, -ing and -ed are levelled by a small set of rules.

The rules for a final e are those of M. F. Porter, "An algorithm for suffix stripping" (1980).
"""

from itertools import groupby

from donna_core.domain.tasks.title_words import UNSTEMMED

_VOWELS = frozenset("aeiouy")
_NEVER_SHORT = frozenset("wxy")  # mowing, fixing and buying lost no e
_SHORTEST = 3
_LONG_NOUN = 8  # letters: "vaccination" comes from a verb, "station" from none
_SPELT = ("ise", "ising", "ised", "iser")
_SHORTEST_SPELT = 7
_DOUBLED = frozenset("bdgmnprt")  # planned, shopping; never the l, s and z of call, pass and buzz


def stem(word: str) -> str:
    """Return what the forms of a word share. The stem of a stem is itself.

    Words with a digit or a letter outside a to z stay as they are.
    """
    word = _american(word)
    while True:
        shorter = _shorter(word)
        if shorter == word:
            return word
        word = shorter


def _shorter(word: str) -> str:
    """Take one ending off, as far as a word is left."""
    if len(word) <= _SHORTEST or word in UNSTEMMED or not (word.isascii() and word.isalpha()):
        return word
    for ending in (_without_plural, _without_suffix, _without_noun, _without_vowel):
        found = ending(word)
        if found != word and len(found) >= _SHORTEST:
            return found
    return word


def _without_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-2]
    if word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return _with_vowel(word[:-2])
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _without_suffix(word: str) -> str:
    for suffix in ("ing", "ed"):
        rest = word.removesuffix(suffix)
        if rest != word and not word.endswith("eed") and _VOWELS & {*rest}:
            return _without_doubling(rest)
    return word


def _american(word: str) -> str:
    """Return "organize" for "organise": both are written, by people of one house at times."""
    for ending in _SPELT:
        if len(word) >= _SHORTEST_SPELT and word.endswith(ending):
            return word.removesuffix(ending) + ending.replace("s", "z", 1)
    return word


def _without_noun(word: str) -> str:
    """Take the noun off a verb: "vaccination", "inspection"."""
    if len(word) >= _LONG_NOUN and word.endswith(("ation", "ction", "ption", "ition")):
        return word[:-3]
    return word


def _without_vowel(word: str) -> str:
    """Take off the last e, unless the word is as short as "plane"; let y and i be one."""
    if word.endswith("y") and word[-2] not in _VOWELS:
        return word[:-1] + "i"
    if word.endswith("e") and not word.endswith("ee") and not _is_short(word[:-1]):
        return word[:-1]
    return word


def _without_doubling(word: str) -> str:
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] in _DOUBLED:
        return word[:-1]
    return _with_vowel(word)


def _with_vowel(word: str) -> str:
    return word + "e" if _is_short(word) else word


def _is_short(word: str) -> bool:
    """Whether a word is one syllable that ends in consonant, vowel, consonant."""
    sounds = [letter in _VOWELS for letter in word]
    return (
        sounds[-3:] == [False, True, False]
        and word[-1] not in _NEVER_SHORT
        and sum(vowel for vowel, _ in groupby(sounds)) == 1
    )
