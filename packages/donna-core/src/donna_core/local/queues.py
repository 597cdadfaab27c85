"""Jobs and deliveries in memory, with the leases and fences of the real ones."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from attrs import evolve

from donna_core.domain.effects import Delivery, Job, JobKind, Message
from donna_core.domain.ids import TaskId
from donna_core.local.journal import Counter, Journal, Table
from donna_core.ports.jobs import JobRow, JobState, JobStore
from donna_core.ports.outbox import DeliveryState, Lane, Outbox, OutboxRow, lane_of

_REPLACEABLE = {JobState.PENDING, JobState.CANCELLED}
_CLAIMED = {DeliveryState.IN_FLIGHT, DeliveryState.UNKNOWN}


class InMemoryJobStore(JobStore):
    """Keeps the jobs of one user in a dict."""

    def __init__(self, journal: Journal) -> None:
        self._rows: Table[str, JobRow] = Table(journal)
        self._fences = Counter(journal)

    def want(self, jobs: Iterable[Job]) -> None:
        for job in jobs:
            row = self._rows.get(job.key)
            if row is None:
                self._rows.put(job.key, JobRow(job=job, state=JobState.PENDING))
            elif row.state in _REPLACEABLE:
                self._rows.put(job.key, evolve(row, job=job, state=JobState.PENDING, note=""))

    def retract(self, task_id: TaskId, *, keep: Collection[str] = ()) -> None:
        for row in self.select(states={JobState.PENDING}, task_id=task_id):
            if row.job.key not in keep:
                self._rows.put(row.job.key, evolve(row, state=JobState.CANCELLED))

    def claim(
        self,
        *,
        now: datetime,
        lease_until: datetime,
        limit: int,
        besides: Collection[JobKind] = (),
    ) -> tuple[JobRow, ...]:
        wanted = (row for row in self.select() if row.job.kind not in besides)
        ripe = [row for row in wanted if _ripe_at(row, now)][:limit]
        if not ripe:
            return ()
        fence = self._fences.next()
        claimed = tuple(
            evolve(
                row,
                state=JobState.RUNNING,
                attempts=row.attempts + 1,
                fence=fence,
                lease_until=lease_until,
            )
            for row in ripe
        )
        for row in claimed:
            self._rows.put(row.job.key, row)
        return claimed

    def hold(self, key: str, *, fence: int, lease_until: datetime) -> JobRow | None:
        row = self._rows.get(key)
        if row is None or row.state is not JobState.RUNNING or row.fence != fence:
            return None
        held = evolve(row, lease_until=lease_until)
        self._rows.put(key, held)
        return held

    def finish(
        self,
        key: str,
        *,
        fence: int,
        state: JobState,
        at: datetime,
        note: str = "",
        run_at: datetime | None = None,
    ) -> bool:
        row = self._rows.get(key)
        if row is None or row.state is not JobState.RUNNING or row.fence != fence:
            return False
        again = run_at if state is JobState.PENDING else None
        job = row.job if again is None else evolve(row.job, run_at=again)
        ended = None if state is JobState.PENDING else at
        self._rows.put(
            key,
            evolve(row, job=job, state=state, lease_until=None, note=note, finished_at=ended),
        )
        return True

    def next_due(self) -> datetime | None:
        return min(filter(None, map(_due, self._rows.values())), default=None)

    def select(
        self, *, states: Collection[JobState] | None = None, task_id: TaskId | None = None
    ) -> tuple[JobRow, ...]:
        found = [
            row
            for row in self._rows.values()
            if (states is None or row.state in states)
            and (task_id is None or row.job.task_id == task_id)
        ]
        return tuple(sorted(found, key=lambda row: (row.job.run_at, row.job.key)))


class InMemoryOutbox(Outbox):
    """Keeps the deliveries of one user in a dict."""

    def __init__(self, journal: Journal) -> None:
        self._rows: Table[str, OutboxRow] = Table(journal)
        self._sequence = Counter(journal)
        self._fences = Counter(journal)

    def add(
        self, deliveries: Iterable[Delivery], *, at: datetime, cause: str | None = None
    ) -> None:
        for delivery in deliveries:
            if delivery.key in self._rows:
                continue
            row = OutboxRow(
                delivery=delivery,
                state=DeliveryState.PENDING,
                sequence=self._sequence.next(),
                not_before=delivery.not_before if isinstance(delivery, Message) else at,
                cause=cause,
            )
            self._rows.put(delivery.key, row)

    def claim(
        self, lane: Lane, *, now: datetime, lease_until: datetime, limit: int
    ) -> tuple[OutboxRow, ...]:
        ripe = [row for row in self._in_turn(lane, now) if _may_go_at(row, now)][:limit]
        if not ripe:
            return ()
        fence = self._fences.next()
        claimed = tuple(
            evolve(
                row,
                state=_next_state(row.state),
                attempts=row.attempts + 1,
                fence=fence,
                lease_until=lease_until,
                left_at=now if row.state is DeliveryState.PENDING else row.left_at,
            )
            for row in ripe
        )
        for row in claimed:
            self._rows.put(row.delivery.key, row)
        return claimed

    def _in_turn(self, lane: Lane, now: datetime) -> Iterator[OutboxRow]:
        """Yield the rows of a lane up to a message that is on its way."""
        for row in self.select(lane=lane):
            yield row
            is_on_its_way = row.state is DeliveryState.IN_FLIGHT and not _may_go_at(row, now)
            if is_on_its_way and lane is not Lane.CALENDAR:
                return

    def settle(
        self,
        key: str,
        *,
        fence: int,
        state: DeliveryState,
        at: datetime,
        remote_id: str | None = None,
        not_before: datetime | None = None,
        note: str = "",
    ) -> bool:
        row = self._rows.get(key)
        if row is None or row.state not in _CLAIMED or row.fence != fence:
            return False
        again = not_before if state is DeliveryState.PENDING else None
        settled = evolve(
            row,
            state=state,
            not_before=again or row.not_before,
            # One that nobody knows the fate of is looked at again when its lease lapses.
            lease_until=row.lease_until if state is DeliveryState.UNKNOWN else None,
            sent_at=at if state is DeliveryState.SENT else row.sent_at,
            remote_id=row.remote_id if remote_id is None else remote_id,
            note=note,
        )
        self._rows.put(key, settled)
        return True

    def quarantine(self, *, before: datetime, note: str) -> int:
        aside = [
            row
            for row in self.select(states={DeliveryState.PENDING, *_CLAIMED})
            if row.not_before < before
        ]
        for row in aside:
            state = DeliveryState.QUARANTINED
            put = evolve(row, state=state, note=note, lease_until=None)
            self._rows.put(row.delivery.key, put)
        return len(aside)

    def next_due(self, lane: Lane) -> datetime | None:
        return min(filter(None, map(_may_go, self.select(lane=lane))), default=None)

    def select(
        self,
        *,
        lane: Lane | None = None,
        states: Collection[DeliveryState] | None = None,
        task_id: TaskId | None = None,
    ) -> tuple[OutboxRow, ...]:
        found = [
            row
            for row in self._rows.values()
            if (lane is None or lane_of(row.delivery) is lane)
            and (states is None or row.state in states)
            and (task_id is None or row.delivery.task_id == task_id)
        ]
        return tuple(sorted(found, key=lambda row: row.sequence))


def _due(row: JobRow) -> datetime | None:
    """Return when somebody may claim the job, or ``None``."""
    if row.state is JobState.PENDING:
        return row.job.run_at
    return row.lease_until if row.state is JobState.RUNNING else None


def _ripe_at(row: JobRow, now: datetime) -> bool:
    due = _due(row)
    return due is not None and due <= now


def _may_go(row: OutboxRow) -> datetime | None:
    """Return when somebody may claim the delivery, or ``None``."""
    if row.state is DeliveryState.PENDING:
        return row.not_before
    return row.lease_until if row.state in _CLAIMED else None


def _may_go_at(row: OutboxRow, now: datetime) -> bool:
    due = _may_go(row)
    return due is not None and due <= now


def _next_state(state: DeliveryState) -> DeliveryState:
    return DeliveryState.IN_FLIGHT if state is DeliveryState.PENDING else DeliveryState.UNKNOWN
