"""When a later text tells that what an earlier one says is true no longer.

Nobody says so in so many words: "Training has been moved, I am on the mat on Wednesdays now" ends
"Judo is on Thursdays". What gives it away is that the later one is of a similar meaning, shares
rare words, has a value of the kind that was asked for, and speaks of a change.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from functools import lru_cache

from donna_memory.lexical import content_words, words_of


class Kind(StrEnum):
    """A kind of value that a text can have and a question can ask for."""

    WEEKDAY = "weekday"
    DATE = "date"
    TIME = "time"
    NUMBER = "number"


_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday weekend"
_DATES = (
    "january february march april may june july august september october november december first "
    "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand half quarter double doubled once twice"
)
_NAMED = {
    Kind.WEEKDAY: frozenset(f"{day}{end}" for day in _WEEKDAYS.split() for end in ("", "s")),
    Kind.DATE: frozenset(_DATES.split()),
    Kind.NUMBER: frozenset(_NUMBERS.split()),
}
_HOUR = "one two three four five six seven eight nine ten eleven twelve".replace(" ", "|")
_TIME = re.compile(
    rf"\b(?:o'clock|half past|quarter (?:past|to)|noon|midnight|\d+ ?[ap]m|\d+:\d\d"
    rf"|(?:at|past) (?:{_HOUR}))\b",
    re.IGNORECASE,
)
_ASKS_WHEN = re.compile(
    r"\b(?:when|what (?:time|date)|which (?:week)?(?:day|evening|night)|weekday)\b", re.IGNORECASE
)
_ASKS_HOW_MUCH = re.compile(
    r"\b(?:how (?:many|much|big|long|old|large|high|far|often)"
    r"|(?:what|which) (?:dose|size|price|number))\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:now|instead|no longer|any ?more|moved|changed|switched|since|new|turned out|after all"
    r"|again|down to|up to|other|another|gave up|stopped|sold|replaced|retir\w+|took over"
    r"|taken over|cancel\w*|called .* off|nonsense|wrong|in the end|never|not?|used to)\b|n't\b",
    re.IGNORECASE,
)
_ENDINGS = ("ies", "es", "s", "ing", "ed")
_SHORTEST = 3


def kinds_in(text: str) -> frozenset[Kind]:
    """Return the kinds of value that a text has."""
    words = {*words_of(text)}
    found = {kind for kind, names in _NAMED.items() if words & names}
    if any(word[0].isdigit() for word in words):
        found.add(Kind.NUMBER)
    if _TIME.search(text):
        found.add(Kind.TIME)
    return frozenset(found)


def kinds_asked(question: str) -> frozenset[Kind]:
    """Return the kinds of value that a question asks for; none where it asks for another."""
    if _ASKS_WHEN.search(question):
        return frozenset({Kind.WEEKDAY, Kind.DATE, Kind.TIME})
    return frozenset({Kind.NUMBER} if _ASKS_HOW_MUCH.search(question) else ())


def speaks_of_change(text: str) -> bool:
    """Say whether a text has a word of change, or of denial."""
    return _CHANGE.search(text) is not None


def asks(text: str) -> bool:
    """Say whether a text ends in a question: it is answered, and says nothing by itself."""
    return text.rstrip().endswith("?")


def stems_of(text: str) -> frozenset[str]:
    """Return the content words of a text without their commonest endings."""
    return frozenset(map(_stem, content_words(text)))


def rarity(texts: Iterable[Collection[str]]) -> Mapping[str, float]:
    """Return how much each word tells the texts apart: 1 where one has it, 0 where all do.

    In between it falls with the logarithm of their number (inverse document frequency).
    """
    several = [frozenset(words) for words in texts]
    in_all = math.log(max(len(several), 2))
    counts = Counter(word for words in several for word in words)
    return {word: 1 - math.log(count) / in_all for word, count in counts.items()}


def shared(one: Collection[str], other: Collection[str], weights: Mapping[str, float]) -> float:
    """Return the summed rarity of the words that both have."""
    return sum(weights[word] for word in {*one} & {*other})


@lru_cache(maxsize=1 << 15)
def _stem(word: str) -> str:
    return next(
        (
            word.removesuffix(end)
            for end in _ENDINGS
            if word.endswith(end) and len(word) - len(end) >= _SHORTEST
        ),
        word,
    )
