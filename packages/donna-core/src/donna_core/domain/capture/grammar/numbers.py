"""Numbers in digits and words: counts, ordinals, amounts with halves and quarters."""

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Frame

book = RuleBook()

_ONES = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2
    )
}
_ORDINALS = {
    word: value
    for value, word in enumerate(
        [
            "first",
            "second",
            "third",
            "fourth",
            "fifth",
            "sixth",
            "seventh",
            "eighth",
            "ninth",
            "tenth",
            "eleventh",
            "twelfth",
            "thirteenth",
            "fourteenth",
            "fifteenth",
            "sixteenth",
            "seventeenth",
            "eighteenth",
            "nineteenth",
            "twentieth",
        ],
        1,
    )
} | {"thirtieth": 30}
_SIGNS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_ONE_WORDS = "|".join(_ONES)
_TEN_WORDS = "|".join(_TENS)
_LAST = -1


@book.rule("number", "{integer}")
def digits(_: Frame, token: Token) -> int | None:
    """42."""
    return int(token.text) if len(token.text) <= 6 else None


@book.rule("number", f"={_ONE_WORDS}|{_TEN_WORDS}")
def word(_: Frame, name: str) -> int:
    """Seven, thirty."""
    return _ONES.get(name) or _TENS.get(name, 0)


@book.rule("number", f"={_TEN_WORDS} -? ={_ONE_WORDS}")
def compound(_: Frame, ten: str, one: str) -> int | None:
    """Twenty-five."""
    return _TENS[ten] + _ONES[one] if 0 < _ONES[one] < 10 else None


@book.rule("ordinal", "{ordinal}")
def ordinal_digits(_: Frame, token: Token) -> int:
    """21st."""
    return int(token.text[:-2])


@book.rule("ordinal", f"={'|'.join(_ORDINALS)}")
def ordinal_word(_: Frame, name: str) -> int:
    """Third."""
    return _ORDINALS[name]


@book.rule("ordinal", f"={_TEN_WORDS} -? ={'|'.join(_ORDINALS)}")
def ordinal_compound(_: Frame, ten: str, one: str) -> int | None:
    """Twenty-third."""
    return _TENS[ten] + _ORDINALS[one] if _ORDINALS[one] < 10 else None


@book.rule("nth", "<ordinal>")
def nth(_: Frame, value: int) -> int | None:
    """Which one of several: the third."""
    return value if value > 0 else None


@book.rule("nth", "last|final")
def last(_: Frame) -> int:
    """The last one."""
    return _LAST


@book.rule("nth", "<ordinal> -? to -? the? -? last", "<ordinal> -? last")
def from_the_end(_: Frame, value: int) -> int:
    """Second to last, third last."""
    return -value


@book.rule("nth", "next -? to -? last", "penultimate")
def penultimate(_: Frame) -> int:
    """The one before the last."""
    return -2


@book.rule("amount", "<number>")
def whole(_: Frame, value: int) -> float:
    """Three (of something)."""
    return float(value)


@book.rule("amount", "{decimal}")
def decimal(_: Frame, token: Token) -> float | None:
    """2.5."""
    return float(token.text) if len(token.text) <= 8 else None


@book.rule("amount", "{fraction}")
def sign(_: Frame, token: Token) -> float:
    """½."""
    return _SIGNS[token.text]


@book.rule("amount", "<number> ~{fraction}")
def mixed(_: Frame, value: int, token: Token) -> float:
    """1½."""
    return value + _SIGNS[token.text]


@book.rule("amount", "{slash}")
def slash(_: Frame, token: Token) -> float | None:
    """3/4."""
    upper, _slash, lower = token.text.partition("/")
    return int(upper) / int(lower) if 0 < int(upper) < int(lower) <= 4 else None


@book.rule("amount", "<number> and a? half")
def and_a_half(_: Frame, value: int) -> float:
    """Two and a half."""
    return value + 0.5


@book.rule("amount", "half", "half an|a", "a half")
def half(_: Frame) -> float:
    """Half an (hour)."""
    return 0.5


@book.rule("amount", "a? quarter of an|a", "quarter")
def quarter(_: Frame) -> float:
    """A quarter of an (hour)."""
    return 0.25


@book.rule("amount", "three -? quarters of an|a")
def three_quarters(_: Frame) -> float:
    """Three quarters of an (hour)."""
    return 0.75


@book.rule("amount", "{slash} of an|a")
def slash_of(frame: Frame, token: Token) -> float | None:
    """3/4 of an (hour)."""
    return slash(frame, token)


@book.rule("amount", "a|an|another|full")
def one(_: Frame) -> float:
    """A (day)."""
    return 1.0


@book.rule("amount", "a? couple of?")
def couple(_: Frame) -> float:
    """A couple of (days)."""
    return 2.0


@book.rule("amount", "a? few", "several")
def few(_: Frame) -> float:
    """A few (days): three."""
    return 3.0
