"""What a question asks for in words: its content words, each with its weight."""

import re
from collections.abc import Collection

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

STOPWORDS = frozenset(
    word
    for line in (
        "a an the this that these those some any each both such same other",
        "i me my mine we us our you your he him his she her hers it its they them their",
        "who whom whose which what when where why how",
        "am is are was were be been being do does did doing done have has had having",
        "can could will would shall should may might must ought",
        "and or but nor so yet if then than because while as of at by for with about against",
        "between into through during before after above below to from up down in out on off over",
        "under again once here there all few more most no not only own too very just also",
        "s t d ll m o re ve ever get got going go tell know there's",
    )
    for word in line.split()
)
"""Words that answer nothing by themselves."""


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in their order, without case."""
    return tuple(_WORD.findall(text.casefold()))


def content_words(question: str) -> tuple[str, ...]:
    """Return the words a search goes by, each once; all of them where none has content."""
    words = dict.fromkeys(word.removesuffix("'s").removesuffix("’s") for word in words_of(question))
    kept = tuple(word for word in words if word not in STOPWORDS)
    return kept or tuple(words)


def without_names(question: str, names: Collection[str]) -> str:
    """Return the question without the names of those who talk, if that leaves something.

    Who spoke is known of every turn and weighed by itself; as a word, a name only finds the
    turns in which somebody is addressed.
    """
    if not names:
        return question
    named = "|".join(re.escape(name) for name in sorted(names))
    rest = re.sub(rf"\b(?:{named})(?:['’]s)?\b", " ", question, flags=re.IGNORECASE)
    meant = [word for word in words_of(rest) if word not in STOPWORDS]
    return " ".join(rest.split()) if meant else question
