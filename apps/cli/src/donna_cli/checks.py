"""What the doctor looks at, one check after the other, each with its cause and its fix."""

import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from attrs import frozen

from donna_adapters.compose.build import Composed, open_runtime
from donna_adapters.compose.calendars import ending_consents
from donna_adapters.compose.settings import Options, Place, find_place
from donna_adapters.sql.inspection import inspect
from donna_cli.settings import settings
from donna_core.domain.errors import DonnaError, StorageUnavailable
from donna_core.domain.skill.lifecycle import ACTING
from donna_core.domain.spending.notices import dollars
from donna_core.domain.timing.interval import Interval
from donna_core.ports.jobs import JobState
from donna_core.ports.outbox import DeliveryState
from donna_core.ports.unit_of_work import Stores
from donna_core.usecases.budget import statement
from donna_core.usecases.mirroring import LOOK_BACK

OTHERS = stat.S_IRWXG | stat.S_IRWXO
_WAITING = {DeliveryState.PENDING, DeliveryState.IN_FLIGHT, DeliveryState.UNKNOWN}
_LOST = {JobState.DEAD, JobState.MISSED}


@frozen(kw_only=True)
class Check:
    """One thing that was looked at. A ``remedy`` beside ``ok`` is advice."""

    name: str
    ok: bool
    found: str
    remedy: str | None = None


async def examine(options: Options) -> AsyncIterator[Check]:
    """Yield the checks in the order in which one rests on the other; end where one cannot."""
    try:
        place = find_place(options)
    except DonnaError as error:
        yield _failed("data folder", error)
        return
    yield _private("data folder", place.data)
    config = _config(place)
    yield config
    async with AsyncExitStack() as stack:
        try:
            composed = await stack.enter_async_context(open_runtime(options))
        except DonnaError as error:
            if config.ok:
                yield _failed("start", error)
            return
        async for check in _inside(composed):
            yield check


async def _inside(composed: Composed) -> AsyncIterator[Check]:
    """Yield the checks of a Donna that could be opened."""
    yield _zone(composed)
    if composed.home.place.database_url is None:
        yield _private("database file", composed.home.place.database)
    try:
        async for check in _database(composed):
            yield check
        async for check in _calendars(composed):
            yield check
        for check in await _models(composed):
            yield check
        for check in await composed.runtime.unit_of_work.run(_owed):
            yield check
        yield await _budget(composed)
        yield await _skills(composed)
    except DonnaError as error:
        yield _failed("database", error)


async def _skills(composed: Composed) -> Check:
    """Look whether every skill can still be used, and has the tools it acts with."""
    # What runs skills takes a moment to import: only a whole examination pays for it.
    from donna_adapters.compose.skills import open_skills  # noqa: PLC0415  # see above
    from donna_skills.capabilities.matching import WordMatcher  # noqa: PLC0415  # see above

    skills = open_skills(composed)
    try:
        await skills.known(WordMatcher())
    except StorageUnavailable:
        raise
    except DonnaError as error:
        return _failed("skills", error)
    standings = await skills.lifecycles.all()
    acting = sum(each.state in ACTING for each in standings)
    return Check(
        name="skills", ok=True, found=f"{len(standings)} taken in, {acting} trusted to act"
    )


def _private(name: str, path: Path) -> Check:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        private = mode & ~OTHERS
        return Check(
            name=name,
            ok=False,
            found=f"{path} may be opened by others (mode {mode:04o})",
            remedy=f"chmod {private:04o} '{path}'",
        )
    return Check(name=name, ok=True, found=f"{path} (mode {mode:04o})")


def _config(place: Place) -> Check:
    try:
        own = [each.key for each in settings(place.config) if each.overlaid]
    except DonnaError as error:
        return _failed("configuration", error)
    said = f"{len(own)} keys of your own" if own else "the defaults"
    return Check(name="configuration", ok=True, found=f"{said}, from {place.config_folder}")


def _zone(composed: Composed) -> Check:
    home = composed.home
    if home.zone_note:
        remedy = "donna config set calendar.timezone Europe/Berlin, with your own"
        return Check(name="time zone", ok=False, found=home.zone_note, remedy=remedy)
    return Check(name="time zone", ok=True, found=home.zone)


async def _database(composed: Composed) -> AsyncIterator[Check]:
    state = await inspect(composed.database)
    found = f"schema {state.schema}, {state.engine}"
    advice = (
        f"With SQLite {state.safe_version} or later it would write faster: pip install pysqlite3"
        if state.safe_version
        else None
    )
    yield Check(name="database", ok=True, found=found, remedy=advice)
    if state.damage:
        remedy = "Move the file aside and put the newest copy from beside it in its place."
        yield Check(name="database content", ok=False, found=state.damage, remedy=remedy)


async def _calendars(composed: Composed) -> AsyncIterator[Check]:
    runtime = composed.runtime
    now = runtime.clock.now()
    window = Interval(now - LOOK_BACK, now + runtime.policy.slots.horizon)
    for advice in ending_consents(composed.home, now):
        yield Check(name="consent", ok=True, found="it may end soon", remedy=advice)
    for calendar in runtime.calendars:
        name = f"calendar {calendar.calendar_id}"
        try:
            snapshot = await calendar.changes(window)
        except DonnaError as error:
            yield _failed(name, error)
        else:
            yield Check(name=name, ok=True, found=f"{len(snapshot.events)} events around today")


async def _budget(composed: Composed) -> Check:
    """Say how much of the budget is spent; a pause is no fault, and there is a way out of it."""
    view = await statement(composed.runtime)
    found = (
        f"{dollars(view.day.amount.committed)} of {dollars(view.day.limit)} today, "
        f"{dollars(view.month.amount.committed)} of {dollars(view.month.limit)} this month"
    )
    remedy = "donna budget raise AMOUNT lifts the pause of paid models" if view.is_paused else None
    return Check(name="model budget", ok=True, found=found, remedy=remedy)


async def _models(composed: Composed) -> tuple[Check, ...]:
    """Return whether each model that is asked could answer; looking costs nothing."""
    found = await composed.probe_models()
    return tuple(
        Check(name=f"model {each.alias}", ok=True, found=f"{each.model_actual} could answer")
        if each.problem is None
        else _failed(f"model {each.alias}", each.problem)
        for each in found
    )


def _owed(stores: Stores) -> Iterator[Check]:
    waiting = stores.outbox.select(states=_WAITING)
    dead = stores.outbox.select(states={DeliveryState.DEAD})
    lost = stores.jobs.select(states=_LOST)
    checks = [
        Check(
            name="deliveries",
            ok=not dead,
            found=f"{len(waiting)} waiting, {len(dead)} given up"
            + (f"; the last: {dead[-1].note}" if dead else ""),
            remedy="Correct the cause; `donna show` of the task tells all of it." if dead else None,
        ),
        Check(
            name="promises",
            ok=not lost,
            found=f"{len(lost)} missed" + (f"; the last: {lost[-1].note}" if lost else ""),
            remedy="Keep `donna run` running: it does what is due." if lost else None,
        ),
    ]
    return iter(checks)


def _failed(name: str, error: DonnaError) -> Check:
    problem = getattr(error, "problem", None)
    remedy = getattr(error, "remedy", None)
    if problem and remedy:
        where = getattr(error, "where", "")
        return Check(
            name=name, ok=False, found=f"{where}: {problem}" if where else problem, remedy=remedy
        )
    return Check(name=name, ok=False, found=str(error))
