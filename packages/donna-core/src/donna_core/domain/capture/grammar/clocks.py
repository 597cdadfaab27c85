"""Times of day: 15:30, half past six, noon, at 5, from 3 to 5 pm, in the morning."""

from collections.abc import Sequence

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.tokens import Shape, Token
from donna_core.domain.capture.values import Clock, Frame, Part

book = RuleBook()

Span = tuple[Clock, Clock, bool]  # first, last, whether the work only has to lie between
_STOPS = frozenset(',.;!?)]"')
_FOLLOWING = frozenset(
    [
        "on",
        "in",
        "at",
        "for",
        "to",
        "with",
        "about",
        "and",
        "or",
        "but",
        "by",
        "the",
        "this",
        "next",
        "every",
        "please",
        "today",
        "tonight",
        "tomorrow",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "because",
        "if",
        "when",
        "so",
        "that",
        "then",
        "until",
        "till",
        "til",
        "from",
        "starting",
        "before",
        "after",
        "through",
        "during",
        "each",
        "daily",
        "weekly",
        "monthly",
        "except",
        "sharp",
        "tmrw",
        "tonite",
        "is",
        "are",
        "was",
        "will",
        "i",
        "we",
        "you",
        "he",
        "she",
        "they",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
    ]
)


def nothing_counted(tokens: Sequence[Token], _: int, end: int) -> bool:
    """Whether the number before is left alone, instead of counting what follows."""
    if end >= len(tokens):
        return True
    after = tokens[end]
    if after.shape in (Shape.INTEGER, Shape.DECIMAL):
        return False
    if after.glued and after.norm not in _STOPS:
        return False
    return after.shape is not Shape.WORD or after.norm in _FOLLOWING


def _is_led(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a lone "4a" is a time: a word or another time leads to it."""
    if len(tokens[end - 1].norm) > 1 or tokens[start].shape is Shape.CLOCK:
        return True
    return start > 0 and tokens[start - 1].norm in LEADS


def _is_military(tokens: Sequence[Token], start: int, _: int) -> bool:
    """Whether the digits are hours and minutes: 1530, not 15."""
    text = tokens[start].text
    return len(text) == 4 and int(text[:2]) <= 23 and int(text[2:]) <= 59


def _has_leading_zero(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the number after "at" is 0930."""
    text = tokens[end - 1].text
    counts = not nothing_counted(tokens, start, end)
    return text.startswith("0") and not counts and _is_military(tokens, end - 1, end)


def _no_leading_zero(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether the number after "at" is left alone and not 0930."""
    if _has_leading_zero(tokens, start, end):
        return False
    return nothing_counted(tokens, start, end) or _before_verb(tokens, end)


def _before_verb(tokens: Sequence[Token], end: int) -> bool:
    """Whether "at 5" leads to what is to be done: "at 5 call Ann", not "at 5 stores"."""
    number, after = tokens[end - 1], tokens[end]
    small = number.shape is Shape.WORD or (number.text.isdigit() and int(number.text) <= 24)
    plain = after.shape is Shape.WORD and after.text.islower() and not after.glued
    return small and plain and not after.norm.endswith("s") and after.norm not in _MEASURES


def _are_words(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether "ten thirty" is said in words and counts nothing."""
    words = all(token.shape is Shape.WORD for token in tokens[start:end])
    return words and end - start == 2 and nothing_counted(tokens, start, end)


_MEASURES = frozenset(
    [
        "percent",
        "degree",
        "point",
        "star",
        "dollar",
        "euro",
        "pound",
        "people",
        "mile",
        "mph",
        "kmh",
        "km",
        "c",
        "f",
        "eur",
        "usd",
        "hundred",
        "thousand",
        "million",
        "or",
        "different",
        "main",
        "th",
        "x",
        "per",
        "more",
        "hour",
        "minute",
        "day",
        "week",
        "month",
        "year",
        "of",
        "o",
    ]
)
LEADS = frozenset(
    [
        "at",
        "@",
        "by",
        "from",
        "to",
        "until",
        "till",
        "before",
        "after",
        "around",
        "about",
        "between",
        "and",
        "-",
        ",",
    ]
)
_ZONES = {
    "utc": "UTC", "gmt": "UTC", "est": "America/New_York", "edt": "America/New_York",
    "cst": "America/Chicago", "cdt": "America/Chicago", "mst": "America/Denver",
    "mdt": "America/Denver", "pst": "America/Los_Angeles", "pdt": "America/Los_Angeles",
    "bst": "Europe/London", "cet": "Europe/Paris", "cest": "Europe/Paris", "jst": "Asia/Tokyo",
}  # fmt: skip


def hour(value: int, minute: int = 0) -> Clock | None:
    """Return the clock time of a bare hour; one to twelve leave the half of the day open."""
    if not 0 <= value <= 24 or not 0 <= minute < 60 or (value == 24 and minute):
        return None
    return Clock(hour=value, minute=minute, open=1 <= value <= 12)


def _halved(clock: Clock, half: str) -> Clock | None:
    """Return the time in the half of the day that am or pm names."""
    if not 1 <= clock.hour <= 12:
        return clock if half.startswith("p") == (clock.hour > 12) else None
    wanted = clock.hour % 12 + (12 if half.startswith("p") else 0)
    return evolve(clock, hour=wanted, open=False)


@book.rule("clock", "{clock}", "{hours}")
def written(_: Frame, token: Token) -> Clock | None:
    """15:30 or 7h30; a leading zero means the 24-hour clock."""
    digits = token.norm.replace("h", ":").replace(".", ":").split(":")
    numbers = [int(part) for part in digits]
    if numbers[0] > 24 or (numbers[0] == 24 and any(numbers[1:])):
        return None
    is_open = 1 <= numbers[0] <= 12 and not digits[0].startswith("0") and "h" not in token.norm
    return Clock(hour=numbers[0], minute=numbers[1], second=sum(numbers[2:3]), open=is_open)


@book.rule("impossible", "{clock}")
def unwritten(_: Frame, token: Token) -> str | None:
    """25:00."""
    hours, minutes = token.norm.replace(".", ":").split(":")[:2]
    return token.text if int(hours) > 24 or int(minutes) > 59 or token.norm == "24:01" else None


@book.rule("clock", "<number> {meridiem}", "<clock> {meridiem}", guard=_is_led)
def with_half(_: Frame, value: int | Clock, half: Token) -> Clock | None:
    """5 pm, 5:30 pm, 530 pm."""
    if isinstance(value, int):
        clock = hour(*divmod(value, 100)) if 100 <= value <= 1259 else hour(value)
        return _halved(clock, half.norm) if clock else None
    return _halved(value, half.norm)


@book.rule("clock", f"<clock> ={'|'.join(_ZONES)}")
@book.rule("timed", f"<timed> ={'|'.join(_ZONES)}")
def in_zone(_: Frame, clock: Clock, name: str) -> Clock:
    """8:00 PST: as the people of that zone say it, summer time included."""
    return evolve(clock.daytime, zone=_ZONES[name])


@book.rule("clock", f"{{integer}} ~h ={'|'.join(_ZONES)}")
def hours_in_zone(frame: Frame, token: Token, name: str) -> Clock | None:
    """8h pst: a lone 8h is rather a length."""
    clock = hour(int(token.text)) if len(token.text) <= 2 else None
    return in_zone(frame, evolve(clock, open=False), name) if clock else None


@book.rule("clock", "<clock> =utc|gmt? =+|- ~{integer}")
@book.rule("clock", "<clock> =+|- ~{integer}")
def with_offset(_: Frame, clock: Clock, *parts: str | Token) -> Clock | None:
    """15:00 -0500, 9:00 UTC+2."""
    sign, token = parts[-2], parts[-1]
    digits = token.text if isinstance(token, Token) else ""
    named = len(parts) == 3
    if len(digits) == 4 and digits.endswith("00"):
        hours = int(digits[:2])
    elif named and len(digits) <= 2:
        hours = int(digits)
    else:
        return None
    flipped = "-" if sign == "+" else "+"  # the sign of these names counts westwards
    return evolve(clock.daytime, zone=f"Etc/GMT{flipped}{hours}") if hours <= 12 else None


@book.rule("clock", "<number> <number> {meridiem}")
def spoken(_: Frame, value: int, minute: int, half: Token) -> Clock | None:
    """One thirty pm."""
    clock = hour(value, minute) if minute >= 10 else None
    return _halved(clock, half.norm) if clock else None


@book.rule("clock", "<number> o'clock|oclock|hundred hours?", "<number> o '? clock")
def o_clock(_: Frame, value: int) -> Clock | None:
    """Seven o'clock."""
    return hour(value)


@book.rule(
    "clock", "<clock> o'clock|oclock|sharp|ish|precisely", "<number> -? ~ish", "<clock> -? ish"
)
def roughly(_: Frame, value: int | Clock) -> Clock | None:
    """5 pm sharp, 11ish."""
    if isinstance(value, Clock):
        return value
    return hour(*divmod(value, 100)) if value >= 100 else hour(value)


@book.rule("clock", "noon|midday", "12 -? noon", "mid -? day", "high noon", "twelve noon")
def noon(_: Frame) -> Clock:
    """Noon."""
    return Clock(hour=12)


@book.rule("clock", "midnight", "12 -? midnight", "mid night", "twelve midnight")
def midnight(_: Frame) -> Clock:
    """Midnight: the end of the day."""
    return Clock(hour=24)


@book.rule("clock", "{integer} hours|hrs", "{integer} ~h", guard=_is_military)
def military(_: Frame, token: Token) -> Clock:
    """1530 hours."""
    return Clock(hour=int(token.text[:2]), minute=int(token.text[2:]))


@book.rule("dotted", "{decimal}")
def dotted(_: Frame, token: Token) -> Clock | None:
    """14.30, as the British and the Germans write it."""
    hours, _dot, minutes = token.text.partition(".")
    return hour(int(hours), int(minutes)) if len(hours) <= 2 == len(minutes) else None


@book.rule("timed", "at|@|from|by|until|till <dotted>", guard=nothing_counted)
def at_dotted(_: Frame, clock: Clock) -> Clock:
    """At 14.30."""
    return clock


@book.rule("clock", "<number> <number>", guard=_are_words)
def spoken_time(_: Frame, value: int, minute: int) -> Clock | None:
    """Ten thirty."""
    return hour(value, minute) if 1 <= value <= 12 and 10 <= minute < 60 else None


@book.rule("timed", "at|@ {integer} ~h", guard=nothing_counted)
def at_hours(_: Frame, token: Token) -> Clock | None:
    """At 14h."""
    found = hour(int(token.text)) if len(token.text) <= 2 else None
    return evolve(found, open=False) if found else None


@book.rule("timed", "at|@|by {integer}", guard=_has_leading_zero)
def at_compact(_: Frame, token: Token) -> Clock:
    """At 0930: a leading zero means the 24-hour clock."""
    return Clock(hour=int(token.text[:2]), minute=int(token.text[2:]))


@book.rule("timed", "at|@ about|around|approximately|exactly? <number>", guard=_no_leading_zero)
def at_hour(_: Frame, value: int) -> Clock | None:
    """At 5, at 1530."""
    if value >= 100:
        clock = hour(*divmod(value, 100))
        return evolve(clock, open=clock.open and value < 1000) if clock else None
    return hour(value)


@book.rule("timed", "at|@ about|around? <number> <number>")
def at_spoken(_: Frame, value: int, minute: int) -> Clock | None:
    """At six thirty."""
    return hour(value, minute) if 10 <= minute < 60 else None


@book.rule(
    "timed",
    "at|@ about|around|approximately|exactly? <clock>",
    "around|about|approximately|for <clock>",
)
@book.rule("timed", "around|about|approximately <number>", guard=nothing_counted)
def at_clock(_: Frame, value: int | Clock) -> Clock | None:
    """At 5 pm."""
    return hour(value) if isinstance(value, int) else value


@book.rule("timed", "at|@ <part>", "at|@ <number> <part>")
def at_part(_: Frame, first: int | Part, part: Part | None = None) -> Clock | None:
    """At lunchtime (12 o'clock): the hour where the part begins."""
    if isinstance(first, int):
        clock = hour(first)
        return clock.within(part) if clock and part else None
    return Clock(hour=first.start % 24) if first.end - first.start <= 2 else None


@book.rule(
    "range",
    "=from|between <clock|number> to|and|until|till|-|– <number>",
    guard=nothing_counted,
)
@book.rule("range", "=from|between <clock|number> to|and|until|till|-|– <clock>")
def framed(frame: Frame, lead: str, first: int | Clock, last: int | Clock) -> Span | None:
    """Between 3 and 5."""
    found = span(frame, first, last)
    return (found[0], found[1], lead == "between") if found else None


@book.rule("range", "<clock> -|–|to|until|till <number>", guard=nothing_counted)
@book.rule("range", "<clock> -|– <dotted>", "from <dotted> -|–|to|until|till <dotted>")
@book.rule("range", "<clock> -|–|to|until|till <clock>", "<number> -|–|to|until|till <clock>")
def span(_: Frame, first: int | Clock, last: int | Clock) -> Span | None:
    """From 3 to 5 pm; the first takes its half of the day from the last."""
    start = hour(first) if isinstance(first, int) else first
    end = hour(last) if isinstance(last, int) else last
    if start is None or end is None:
        return None
    is_open = end.open
    end = end.daytime
    if start.open:
        same = evolve(start, open=False)
        halves = [half for half in (same, same.other_half) if half.wall < end.wall]
        start = max(halves, key=lambda half: half.wall) if halves else start.daytime
    elif is_open and not (end.hour, end.minute) > (start.hour, start.minute):
        end = end.other_half
    return start, end, False
