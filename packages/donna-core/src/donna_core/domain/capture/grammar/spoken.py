"""Times of day as they are said: half past six, ten to nine, at half six."""

from attrs import evolve

from donna_core.domain.capture.chart import RuleBook
from donna_core.domain.capture.grammar.clocks import hour
from donna_core.domain.capture.values import Clock, Frame

book = RuleBook()


@book.meaning
def british_half(_: Frame, value: int) -> Clock | None:
    """At half six: half past six, as the British say it."""
    return _shifted(value, 30)


@book.meaning
def half_past(_: Frame, value: int | Clock) -> Clock | None:
    """Half past six."""
    return _shifted(value, 30)


@book.meaning
def quarter_past(_: Frame, value: int | Clock) -> Clock | None:
    """Quarter past six."""
    return _shifted(value, 15)


@book.meaning
def quarter_to(_: Frame, value: int | Clock) -> Clock | None:
    """Quarter to six."""
    return _shifted(value, -15)


@book.meaning
def past(_: Frame, minutes: int, value: int | Clock) -> Clock | None:
    """Ten past nine."""
    return _shifted(value, minutes) if 0 < minutes < 60 else None


@book.meaning
def to(_: Frame, minutes: int, value: int | Clock) -> Clock | None:
    """Three minutes to eight."""
    return _shifted(value, -minutes) if 0 < minutes < 60 else None


@book.meaning
def spoken_to(_: Frame, minutes: int, value: int | Clock) -> Clock | None:
    """Ten to nine."""
    return _shifted(value, -minutes)


@book.meaning
def at_digits_to(_: Frame, minutes: str, side: str, value: int) -> Clock | None:
    """At 10 to 6."""
    return _shifted(value, -int(minutes) if side in ("to", "till") else int(minutes))


def _shifted(value: int | Clock, minutes: int) -> Clock | None:
    clock = hour(value) if isinstance(value, int) else value
    if clock is None or clock.minute:
        return None
    total = (60 * clock.hour + minutes) % 1440
    return evolve(clock, hour=total // 60 or (12 if clock.open else 0), minute=total % 60)


@book.meaning
def beside_noon(_: Frame, minutes: int | str, side: str, at: int) -> Clock | None:
    """Ten to noon."""
    later = side in ("past", "after")
    return _shifted(Clock(hour=at % 24), int(minutes) if later else -int(minutes))


@book.meaning
def half_before(_: Frame, value: int) -> Clock | None:
    """Halb sieben: half an hour before seven."""
    return _shifted(value, -30)


@book.meaning
def half_shifted(_: Frame, minutes: int, side: str, value: int) -> Clock | None:
    """Fünf vor halb drei: minutes beside such a half."""
    if not 0 < minutes < 30:
        return None
    return _shifted(value, -30 + (minutes if side == "nach" else -minutes))


@book.meaning
def quarter_of(_: Frame, minutes: int, value: int) -> Clock | None:
    """Viertel acht: a quarter of the eighth hour is over."""
    return _shifted(value, minutes - 60)
