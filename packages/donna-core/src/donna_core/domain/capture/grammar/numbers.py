"""Numbers in digits and words: counts, ordinals, amounts with halves and quarters."""

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Frame

book = RuleBook()

_SIGNS = {"½": 0.5, "¼": 0.25, "¾": 0.75}
_LAST = -1


@book.meaning
def digits(_: Frame, token: Token) -> int | None:
    """42."""
    return int(token.text) if len(token.text) <= 6 else None


@book.meaning
def word(_: Frame, value: int) -> int:
    """Seven, thirty."""
    return value


@book.meaning
def compound(_: Frame, ten: int, one: int) -> int | None:
    """Twenty-five."""
    return ten + one if 0 < one < 10 else None


@book.meaning
def ordinal_digits(_: Frame, token: Token) -> int:
    """21st."""
    return int(token.text[:-2])


@book.meaning
def ordinal_word(_: Frame, value: int) -> int:
    """Third."""
    return value


@book.meaning
def ordinal_compound(_: Frame, ten: int, one: int) -> int | None:
    """Twenty-third."""
    return ten + one if one < 10 else None


@book.meaning
def nth(_: Frame, value: int) -> int | None:
    """Which one of several: the third."""
    return value if value > 0 else None


@book.meaning
def last(_: Frame) -> int:
    """The last one."""
    return _LAST


@book.meaning
def from_the_end(_: Frame, value: int) -> int:
    """Second to last, third last."""
    return -value


@book.meaning
def penultimate(_: Frame) -> int:
    """The one before the last."""
    return -2


@book.meaning
def whole(_: Frame, value: int) -> float:
    """Three (of something)."""
    return float(value)


@book.meaning
def decimal(_: Frame, token: Token) -> float | None:
    """2.5."""
    return float(token.text) if len(token.text) <= 8 else None


@book.meaning
def sign(_: Frame, token: Token) -> float:
    """½."""
    return _SIGNS[token.text]


@book.meaning
def mixed(_: Frame, value: int, token: Token) -> float:
    """1½."""
    return value + _SIGNS[token.text]


@book.meaning
def slash(_: Frame, token: Token) -> float | None:
    """3/4."""
    upper, _slash, lower = token.text.partition("/")
    return int(upper) / int(lower) if 0 < int(upper) < int(lower) <= 4 else None


@book.meaning
def and_a_half(_: Frame, value: int) -> float:
    """Two and a half."""
    return value + 0.5


@book.meaning
def half(_: Frame) -> float:
    """Half an (hour)."""
    return 0.5


@book.meaning
def quarter(_: Frame) -> float:
    """A quarter of an (hour)."""
    return 0.25


@book.meaning
def three_quarters(_: Frame) -> float:
    """Three quarters of an (hour)."""
    return 0.75


@book.meaning
def slash_of(frame: Frame, token: Token) -> float | None:
    """3/4 of an (hour)."""
    return slash(frame, token)


@book.meaning
def one(_: Frame) -> float:
    """A (day)."""
    return 1.0


@book.meaning
def couple(_: Frame) -> float:
    """A couple of (days)."""
    return 2.0


@book.meaning
def few(_: Frame) -> float:
    """A few (days): three."""
    return 3.0


@book.meaning
def and_a_part(_: Frame, value: int, hundredths: int) -> float:
    """One and a quarter (hours)."""
    return value + hundredths / 100


@book.meaning
def more(_: Frame, value: int) -> float:
    """Two more (minutes)."""
    return float(value)


@book.meaning
def hundreds(_: Frame, *parts: int) -> int | None:
    """Two hundred and fifty."""
    if not parts:
        return 100
    if len(parts) == 1:
        return 100 * parts[0] if 0 < parts[0] < 100 else None
    first, rest = parts
    return 100 * first + rest if 0 < first < 100 and 0 < rest < 100 else None


@book.meaning
def hundred_and(_: Frame, rest: int) -> int | None:
    """A hundred and twenty."""
    return 100 + rest if 0 < rest < 100 else None


@book.meaning
def dozens(_: Frame, value: int | None = None) -> int | None:
    """Two dozen."""
    if value is None:
        return 12
    return 12 * value if 0 < value < 100 else None


@book.meaning
def half_dozen(_: Frame) -> float:
    """Half a dozen (days)."""
    return 6.0


@book.meaning
def mixed_slash(frame: Frame, value: int, token: Token) -> float | None:
    """1 1/2 (hours)."""
    part = slash(frame, token)
    return value + part if part else None


@book.meaning
def ordinal_dot(_: Frame, token: Token) -> int | None:
    """3., as the Germans write the third."""
    return int(token.text) if len(token.text) <= 2 else None


@book.meaning
def comma_decimal(_: Frame, whole_part: Token, rest: Token) -> float | None:
    """1,5 (hours)."""
    text = f"{whole_part.text}.{rest.text}"
    return float(text) if len(text) <= 8 else None
