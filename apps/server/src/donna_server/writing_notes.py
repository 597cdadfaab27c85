"""The notes that Donna writes unasked: each at its hour, once, and after its hour if need be."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import frozen

from donna_core.usecases.runtime import Runtime
from donna_memory.templates.writing import Draft, Outcome
from donna_memory.vault.refusals import VaultRefused

_MEETINGS = "notes.meeting_note"
_PEOPLE = "notes.person_profile"
_LOOK_BACK = timedelta(days=7)


@frozen(kw_only=True)
class Round:
    """What a look came to: how many notes were written, and which could not be, and why."""

    written: int
    refused: tuple[str, ...] = ()

    def plus(self, other: "Round") -> "Round":
        """Return what both came to together."""
        return Round(written=self.written + other.written, refused=(*self.refused, *other.refused))


@frozen(kw_only=True)
class _Due:
    """A note whose time has come; it is written unless its cursor has reached the number."""

    draft: Draft
    cursor: str
    number: int


async def write_due(runtime: Runtime, notes: Any) -> Round:
    """Write every note whose time has come and that was not written yet.

    Of several days that were missed the latest is written. Meetings count from the first look
    on, and for a week after they ended, however late they came to be known. What the vault
    refuses holds up nothing else, and is tried again, a note about a person in a week.
    """
    usual = await _write(runtime, notes, _of_days(runtime, notes))
    meetings = await _write(runtime, notes, await _of_meetings(runtime, notes))
    return usual.plus(meetings).plus(await _write_of_people(runtime, notes))


async def _write(runtime: Runtime, notes: Any, several: Sequence[_Due]) -> Round:
    """Write what was not written yet; which of them that are is read in one decision."""
    left = await runtime.unit_of_work.run(
        lambda stores: [each for each in several if stores.cursors.get(each.cursor) < each.number]
    )
    done = Round(written=0)
    for due in left:
        tried = await _try(notes, due.draft)
        if not tried.refused:
            await _reach(runtime, due.cursor, due.number)
        done = done.plus(tried)
    return done


async def _try(notes: Any, draft: Draft) -> Round:
    try:
        drafted = await notes.writer.run(draft)
    except VaultRefused as error:
        return Round(written=0, refused=(str(error),))
    return Round(written=int(drafted.outcome is Outcome.WRITTEN))


async def _write_of_people(runtime: Runtime, notes: Any) -> Round:
    """Write about those who were mentioned; the whole memory is gone through once for a day."""
    day = notes.people_due(runtime.clock.now())
    if day is None or await _reached(runtime, _PEOPLE) >= day.toordinal():
        return Round(written=0)
    done = Round(written=0)
    for name in await notes.drafts.people_mentioned(day):
        done = done.plus(await _try(notes, await notes.drafts.person_profile(name)))
    await _reach(runtime, _PEOPLE, day.toordinal())
    return done


def _of_days(runtime: Runtime, notes: Any) -> list[_Due]:
    return [
        _Due(draft=getattr(notes.drafts, name)(day), cursor=f"notes.{name}", number=day.toordinal())
        for name, day in notes.due(runtime.clock.now()).items()
    ]


async def _of_meetings(runtime: Runtime, notes: Any) -> list[_Due]:
    if not notes.after_meetings:
        return []
    now = runtime.clock.now()
    first = await _reached(runtime, _MEETINGS)
    if not first:
        await _reach(runtime, _MEETINGS, int(now.timestamp()))
        return []
    since = max(datetime.fromtimestamp(first, tz=UTC), now - _LOOK_BACK)
    drafts = [
        notes.drafts.meeting_note(each)
        for each in await notes.drafts.meetings_that_ended(since, now)
    ]
    return [_Due(draft=each, cursor=f"{_MEETINGS}:{each.key}", number=1) for each in drafts]


async def _reached(runtime: Runtime, cursor: str) -> int:
    return await runtime.unit_of_work.run(lambda stores: stores.cursors.get(cursor))


async def _reach(runtime: Runtime, cursor: str, number: int) -> None:
    await runtime.unit_of_work.run(lambda stores: stores.cursors.advance(cursor, number))
