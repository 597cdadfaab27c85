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
        "because",
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
    return start > 0 and tokens[start - 1].norm in _LEADS


_LEADS = frozenset(
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


@book.rule("clock", "<number> <number> {meridiem}")
def spoken(_: Frame, value: int, minute: int, half: Token) -> Clock | None:
    """One thirty pm."""
    clock = hour(value, minute) if minute >= 10 else None
    return _halved(clock, half.norm) if clock else None


@book.rule("clock", "<number> o'clock|oclock|hundred hours?")
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


@book.rule("clock", "half past|after <number|clock>")
def half_past(_: Frame, value: int | Clock) -> Clock | None:
    """Half past six."""
    return _shifted(value, 30)


@book.rule("clock", "a? quarter past|after <number|clock>")
def quarter_past(_: Frame, value: int | Clock) -> Clock | None:
    """Quarter past six."""
    return _shifted(value, 15)


@book.rule("clock", "a? quarter to|of|before|til|till <number|clock>")
def quarter_to(_: Frame, value: int | Clock) -> Clock | None:
    """Quarter to six."""
    return _shifted(value, -15)


@book.rule("clock", "<number> minutes|minute|min|mins? past|after <number|clock>")
def past(_: Frame, minutes: int, value: int | Clock) -> Clock | None:
    """Ten past nine."""
    return _shifted(value, minutes) if 0 < minutes < 60 else None


@book.rule("clock", "<number> minutes|minute|min|mins to|of|before|til|till <number|clock>")
def to(_: Frame, minutes: int, value: int | Clock) -> Clock | None:
    """Three minutes to eight."""
    return _shifted(value, -minutes) if 0 < minutes < 60 else None


@book.rule("clock", "=five|ten|twenty to|til|till <number|clock>", "=twenty-five to <number>")
def spoken_to(_: Frame, name: str, value: int | Clock) -> Clock | None:
    """Ten to nine."""
    return _shifted(value, -{"five": 5, "ten": 10, "twenty": 20, "twenty-five": 25}[name])


@book.rule("timed", "at|@ about|around|approximately|exactly? <number>", guard=nothing_counted)
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


@book.rule("range", "<clock> -|–|to|until|till <clock>", "<number> -|–|to|until|till <clock>")
def span(_: Frame, first: int | Clock, last: int | Clock) -> Span | None:
    """From 3 to 5 pm; the first takes its half of the day from the last."""
    start = hour(first) if isinstance(first, int) else first
    end = hour(last) if isinstance(last, int) else last
    if start is None or end is None:
        return None
    end = end.daytime
    if start.open:
        same = evolve(start, open=False)
        halves = [half for half in (same, same.other_half) if half.wall < end.wall]
        start = max(halves, key=lambda half: half.wall) if halves else start.daytime
    elif not (end.hour, end.minute) > (start.hour, start.minute):
        end = end.other_half
    return start, end, False


@book.rule("part", "{word}")
def part(frame: Frame, token: Token) -> Part | None:
    """Morning, as configured; midmorning."""
    known = frame.parts.get(token.norm)
    if known is None and token.norm.startswith("mid") and token.norm != "midnight":
        return _middle(frame.parts.get(token.norm[3:]))
    return known


@book.rule("part", "mid -? {word}")
def middle(frame: Frame, token: Token) -> Part | None:
    """Mid-afternoon."""
    return _middle(frame.parts.get(token.norm))


@book.rule("part", "=early|late -? in? the? <part>")
def early_late(_: Frame, which: str, whole: Part) -> Part:
    """Early morning, late afternoon."""
    middle_hour = (whole.start + whole.end) // 2
    if which == "early":
        return evolve(whole, end=max(middle_hour, whole.start + 1))
    return evolve(whole, start=min(middle_hour, whole.end - 1))


def _middle(whole: Part | None) -> Part | None:
    if whole is None or whole.end - whole.start < 5:
        return None
    return evolve(whole, start=whole.start + 2, end=whole.end - 2)


def _shifted(value: int | Clock, minutes: int) -> Clock | None:
    clock = hour(value) if isinstance(value, int) else value
    if clock is None or clock.minute:
        return None
    total = (60 * clock.hour + minutes) % 1440
    return evolve(clock, hour=total // 60 or (12 if clock.open else 0), minute=total % 60)
