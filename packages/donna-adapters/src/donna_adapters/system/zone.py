"""The time zone this machine is set to."""

from zoneinfo import ZoneInfoNotFoundError

import tzlocal
from attrs import frozen

from donna_core.domain.timing.zones import UnknownZone, zone_named

FALLBACK = "UTC"


@frozen(kw_only=True)
class DetectedZone:
    """The machine's zone by its IANA name; ``note`` says why it is a guess, where it is one."""

    name: str
    note: str = ""


def system_zone() -> str:
    """Return the IANA name of the machine's zone, or ``UTC`` where it cannot be told."""
    return detected_zone().name


def detected_zone() -> DetectedZone:
    """Return the machine's zone as it is set now, with a note for the person when it is not."""
    try:
        tzlocal.reload_localzone()
        name = tzlocal.get_localzone_name()
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        return _fallback(str(problem.args[0] if problem.args else problem))
    if not name:
        return _fallback("it names none")
    try:
        zone_named(name)
    except UnknownZone:
        return _fallback(f"'{name}' is not an IANA time zone")
    return DetectedZone(name=name)


def _fallback(problem: str) -> DetectedZone:
    """Return the zone of last resort and how to name the right one."""
    note = (
        f"The time zone of this machine cannot be told ({problem}); {FALLBACK} is used. "
        "Set TZ to an IANA name such as Europe/Berlin."
    )
    return DetectedZone(name=FALLBACK, note=note)
