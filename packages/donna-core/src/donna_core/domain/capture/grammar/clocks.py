"""Times of day: 15:30, half past six, noon, at 5, from 3 to 5 pm, in the morning."""

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.tokens import Token
from donna_core.domain.capture.values import Clock, Frame, Part

book = RuleBook()

Span = tuple[Clock, Clock, bool]  # first, last, whether the work only has to lie between


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


@book.meaning
def written(_: Frame, token: Token) -> Clock | None:
    """15:30 or 7h30; a leading zero means the 24-hour clock."""
    digits = token.norm.replace("h", ":").replace(".", ":").split(":")
    numbers = [int(part) for part in digits]
    if numbers[0] > 24 or (numbers[0] == 24 and any(numbers[1:])):
        return None
    is_open = 1 <= numbers[0] <= 12 and not digits[0].startswith("0") and "h" not in token.norm
    return Clock(hour=numbers[0], minute=numbers[1], second=sum(numbers[2:3]), open=is_open)


@book.meaning
def unwritten(_: Frame, token: Token) -> str | None:
    """25:00."""
    hours, minutes = token.norm.replace(".", ":").split(":")[:2]
    return token.text if int(hours) > 24 or int(minutes) > 59 or token.norm == "24:01" else None


@book.meaning
def with_half(_: Frame, value: int | Clock, half: Token) -> Clock | None:
    """5 pm, 5:30 pm, 530 pm."""
    if isinstance(value, int):
        clock = hour(*divmod(value, 100)) if 100 <= value <= 1259 else hour(value)
        return _halved(clock, half.norm) if clock else None
    return _halved(value, half.norm)


@book.meaning
def in_zone(_: Frame, clock: Clock, zone: str) -> Clock:
    """8:00 PST: as the people of that zone say it, summer time included."""
    return evolve(clock.daytime, zone=zone)


@book.meaning
def hours_in_zone(frame: Frame, token: Token, name: str) -> Clock | None:
    """8h pst: a lone 8h is rather a length."""
    clock = hour(int(token.text)) if len(token.text) <= 2 else None
    return in_zone(frame, evolve(clock, open=False), name) if clock else None


@book.meaning
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


@book.meaning
def spoken(_: Frame, value: int, minute: int, half: Token) -> Clock | None:
    """One thirty pm."""
    clock = hour(value, minute) if minute >= 10 else None
    return _halved(clock, half.norm) if clock else None


@book.meaning
def o_clock(_: Frame, value: int) -> Clock | None:
    """Seven o'clock."""
    return hour(value)


@book.meaning
def roughly(_: Frame, value: int | Clock) -> Clock | None:
    """5 pm sharp, 11ish."""
    if isinstance(value, Clock):
        return value
    return hour(*divmod(value, 100)) if value >= 100 else hour(value)


@book.meaning
def noon(_: Frame) -> Clock:
    """Noon."""
    return Clock(hour=12)


@book.meaning
def midnight(_: Frame) -> Clock:
    """Midnight: the end of the day."""
    return Clock(hour=24)


@book.meaning
def military(_: Frame, token: Token) -> Clock:
    """1530 hours."""
    return Clock(hour=int(token.text[:2]), minute=int(token.text[2:]))


@book.meaning
def dotted(_: Frame, token: Token) -> Clock | None:
    """14.30, as the British and the Germans write it."""
    hours, _dot, minutes = token.text.partition(".")
    return hour(int(hours), int(minutes)) if len(hours) <= 2 == len(minutes) else None


@book.meaning
def at_dotted(_: Frame, clock: Clock) -> Clock:
    """At 14.30."""
    return clock


@book.meaning
def spoken_time(_: Frame, value: int, minute: int) -> Clock | None:
    """Ten thirty."""
    return hour(value, minute) if 1 <= value <= 12 and 10 <= minute < 60 else None


@book.meaning
def at_hours(_: Frame, token: Token) -> Clock | None:
    """At 14h."""
    found = hour(int(token.text)) if len(token.text) <= 2 else None
    return evolve(found, open=False) if found else None


@book.meaning
def at_compact(_: Frame, token: Token) -> Clock:
    """At 0930: a leading zero means the 24-hour clock."""
    return Clock(hour=int(token.text[:2]), minute=int(token.text[2:]))


@book.meaning
def at_hour(_: Frame, value: int) -> Clock | None:
    """At 5, at 1530."""
    if value >= 100:
        clock = hour(*divmod(value, 100))
        return evolve(clock, open=clock.open and value < 1000) if clock else None
    return hour(value)


@book.meaning
def at_spoken(_: Frame, value: int, minute: int) -> Clock | None:
    """At six thirty."""
    return hour(value, minute) if 10 <= minute < 60 else None


@book.meaning
def at_clock(_: Frame, value: int | Clock) -> Clock | None:
    """At 5 pm."""
    return hour(value) if isinstance(value, int) else value


@book.meaning
def at_part(_: Frame, first: int | Part, part: Part | None = None) -> Clock | None:
    """At lunchtime (12 o'clock): the hour where the part begins."""
    if isinstance(first, int):
        clock = hour(first)
        return clock.within(part) if clock and part else None
    return Clock(hour=first.start % 24) if first.end - first.start <= 2 else None


@book.meaning
def framed(frame: Frame, lead: str, first: int | Clock, last: int | Clock) -> Span | None:
    """Between 3 and 5."""
    found = span(frame, first, last)
    return (found[0], found[1], lead == "between") if found else None


@book.meaning
def span(_: Frame, first: int | Clock, last: int | Clock) -> Span | None:
    """From 3 to 5 pm; the first takes its half of the day from the last."""
    start = hour(first) if isinstance(first, int) else first
    end = hour(last) if isinstance(last, int) else last
    if start is None or end is None:
        return None
    is_open = end.open
    if is_open and start.open:
        begun = start.daytime
        halves = [evolve(end, open=False), end.other_half]
        ahead = [half for half in halves if half.wall > begun.wall]
        return begun, min(ahead, key=lambda half: half.wall) if ahead else end.daytime, False
    end = end.daytime
    if start.open:
        same = evolve(start, open=False)
        halves = [half for half in (same, same.other_half) if half.wall < end.wall]
        start = max(halves, key=lambda half: half.wall) if halves else start.daytime
    elif is_open and not (end.hour, end.minute) > (start.hour, start.minute):
        end = end.other_half
    return start, end, False


@book.meaning
def round_hour(_: Frame, token: Token) -> Clock | None:
    """15h."""
    return hour(int(token.text))


@book.meaning
def hour_minute(_: Frame, value: int, minute: int) -> Clock | None:
    """14 Uhr 30: hours and minutes apart."""
    return hour(value, minute)
