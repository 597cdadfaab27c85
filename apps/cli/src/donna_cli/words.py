"""Words on the command line: which tasks and which time they mean, how a request is spelled."""

import re
from collections.abc import Sequence

from donna_core.domain.wording import Spelling
from donna_core.usecases.moment import UnclearTime, understand_moment
from donna_core.usecases.runtime import Runtime

_NUMBERS = re.compile(r",?#?\d+(-#?\d+)?(,#?\d+(-#?\d+)?)*,?")
_ID = re.compile(r"[0-9a-f]{6,8}(-[0-9a-f-]*)?", re.IGNORECASE)


class CommandLine(Spelling):
    """Spells requests as they are typed: ``donna accept 7 --offer 1``."""

    def command(self, verb: str, *arguments: object, **options: object) -> str:
        words = ["off" if each is None else str(each) for each in arguments]
        return " ".join(["donna", verb, *words, *(self.option(*each) for each in options.items())])

    def option(self, name: str, value: object) -> str:
        return f"--{name}" if value is True else f"--{name} {value}"


def named(words: Sequence[str]) -> str:
    """Return what the words refer to: numbers and ranges joined by commas, or one title."""
    if all(names_numbers(word) for word in words):
        return ",".join(word.strip(",") for word in words)
    return " ".join(words)


def names_numbers(word: str) -> bool:
    """Whether the word is made of task numbers and ranges: ``3``, ``#3``, ``1,3-5``."""
    return _NUMBERS.fullmatch(word) is not None


def timed(runtime: Runtime, words: Sequence[str]) -> tuple[str, str]:
    """Return the reference to tasks and the words of the time behind it, empty without any.

    After a number or an id the rest is the time; behind a title it is as many of the last words
    as can be understood as one.
    """
    if names_numbers(words[0]) or _ID.fullmatch(words[0]):
        return words[0].strip(","), " ".join(words[1:])
    for place in range(1, len(words)):
        phrase = " ".join(words[place:])
        try:
            understand_moment(runtime, phrase)
        except UnclearTime:
            continue
        return " ".join(words[:place]), phrase
    return " ".join(words), ""
