"""Instants, durations and titles as words for a person, independent of the machine's locale."""

import unicodedata
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# The basic character set of GSM 03.38 without its control characters; whatever lies outside
# of it halves the room in a text message.
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWINS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("‘’‚`´", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("[{", "("),
        **dict.fromkeys("]}", ")"),
        **dict(zip("ŁłĐđıŒœ", "LlDdiOo", strict=True)),
        "…": "...",
        "€": "EUR",
    }
)


def moment(instant: datetime, *, zone: ZoneInfo, at: datetime) -> str:
    """Return ``Mon 3 Aug 15:00 EDT``; with the year where it is not that of ``at``."""
    return f"{_date(instant, zone=zone, at=at)} {clock(instant, zone=zone)} {_zone(instant, zone)}"


def span(start: datetime, end: datetime, *, zone: ZoneInfo, at: datetime) -> str:
    """Return ``Mon 3 Aug 14:00–15:00 EDT``; both ends in full where day or offset differ."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    if (first.date(), first.utcoffset()) != (last.date(), last.utcoffset()):
        return f"{moment(start, zone=zone, at=at)} – {moment(end, zone=zone, at=at)}"
    date, suffix = _date(start, zone=zone, at=at), _zone(start, zone)
    return f"{date} {clock(start, zone=zone)}–{clock(end, zone=zone)} {suffix}"


def spoken(instant: datetime, *, zone: ZoneInfo) -> str:
    """Return ``Monday 3 August, 15:00 EDT``, to be read aloud."""
    local = instant.astimezone(zone)
    date = f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"
    return f"{date}, {clock(instant, zone=zone)} {_zone(instant, zone)}"


def short_day(day: date, *, today: date | None = None) -> str:
    """Return ``Mon 3 Aug``, with the year where it is not that of today."""
    name = f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"
    return name if today is None or day.year == today.year else f"{name} {day.year}"


def day_name(day: date) -> str:
    """Return ``Monday 3 August 2026``."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def clock(instant: datetime, *, zone: ZoneInfo) -> str:
    """Return the wall clock of the zone: ``15:00``."""
    local = instant.astimezone(zone)
    return f"{local.hour:02}:{local.minute:02}"


def clock_with_zone(instant: datetime, *, zone: ZoneInfo) -> str:
    """Return the wall clock with its offset's name, for days on which clocks change."""
    return f"{clock(instant, zone=zone)} {_zone(instant, zone)}"


def length(duration: timedelta) -> str:
    """Return ``1 h 30 min``, in whole minutes."""
    hours, minutes = divmod(round(duration.total_seconds() / 60), 60)
    parts = [f"{hours} h"] if hours else []
    if minutes or not hours:
        parts.append(f"{minutes} min")
    return " ".join(parts)


def distance(duration: timedelta) -> str:
    """Return ``3 weeks`` or ``2 days`` where it is whole ones, else ``1 h 30 min``."""
    for unit, name in ((timedelta(weeks=1), "week"), (timedelta(days=1), "day")):
        if duration and not duration % unit:
            return counted(duration // unit, name, f"{name}s")
    return length(duration)


def counted(number: int, one: str, many: str) -> str:
    """Return ``1 task`` or ``3 tasks``."""
    return f"{number} {one if number == 1 else many}"


def one_line(text: str, *, limit: int) -> str:
    """Return the text on one line, without control characters, at most ``limit`` long."""
    visible = "".join(c if unicodedata.category(c) != "Cc" else " " for c in text)
    return clipped(" ".join(visible.split()), limit=limit, mark="…")


def clipped(text: str, *, limit: int, mark: str) -> str:
    """Return the text, its end replaced by the mark where it is longer than the limit."""
    if len(text) <= limit:
        return text
    return text[: max(0, limit - len(mark))].rstrip() + mark


def gsm(text: str) -> str:
    """Return the text in basic GSM 03.38 characters; what has no likeness there is left out."""
    letters: list[str] = []
    for letter in text.translate(_GSM_TWINS):
        if letter in GSM_BASIC:
            letters.append(letter)
        elif letter.isspace():
            letters.append(" ")
        else:
            parts = unicodedata.normalize("NFKD", letter).translate(_GSM_TWINS)
            letters.extend(part for part in parts if part in GSM_BASIC)
    return " ".join("".join(letters).split())


def _date(instant: datetime, *, zone: ZoneInfo, at: datetime) -> str:
    return short_day(instant.astimezone(zone).date(), today=at.astimezone(zone).date())


def _zone(instant: datetime, zone: ZoneInfo) -> str:
    name = instant.astimezone(zone).tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name
