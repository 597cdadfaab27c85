"""What goes into each template, from tasks, calendars and memory, by rules alone."""

import hashlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from donna_core.domain.ids import UserId
from donna_core.domain.planning.calendar_events import CalendarEvent
from donna_core.domain.tasks.task import OPEN, Task, TaskStatus
from donna_core.domain.timing.interval import Interval
from donna_core.domain.timing.zones import local, local_day
from donna_core.ports.clock import Clock
from donna_core.ports.unit_of_work import Stores, UnitOfWork
from donna_core.usecases.mirroring import events_in
from donna_memory.documents import Document, Hit, Label, SourceType
from donna_memory.paging import pages_of
from donna_memory.ports import Filters, MemoryCatalog, MemoryStore
from donna_memory.templates.people import FOLDER, names_in, path_of
from donna_memory.templates.writing import Draft
from donna_memory.vault.notes import targets_of

_MOST = 25
_RELATED = 5
_MENTIONS = 10
_WAITS = frozenset({TaskStatus.NEEDS_SCHEDULING, TaskStatus.BLOCKED, TaskStatus.WAITING_INPUT})
_PROMISE = re.compile(
    r"\b(?:I(?:'ll| will| promise| can do|'m going to)|I am going to|we(?:'ll| will)|"
    r"ich werde|ich kümmere mich|mache ich)\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
_OFTEN = 3  # mentions in a week that make a person worth a note
_WORDS = re.compile(r"[^\w]+")
_A_WEEK = timedelta(days=7)
# What never leaves this machine is in no note, which may be synchronised and read by a model.
_OF_NO_NOTE = frozenset({Label.LOCAL_ONLY})


@frozen(kw_only=True)
class Promise:
    """A sentence by which somebody took something on, who said it, and where."""

    text: str
    speaker: str
    where: str


@frozen(kw_only=True)
class Drafts:
    """Makes the drafts of one owner's notes; each has its path and its key by the day."""

    unit_of_work: UnitOfWork
    store: MemoryStore
    catalog: MemoryCatalog
    user_id: UserId
    zone: ZoneInfo
    clock: Clock

    def daily_reflection(self, day: date) -> Draft:
        """Return the draft of a day: what was done, met and put off, and what comes next."""

        async def context() -> Mapping[str, Any]:
            today, tomorrow = (local_day(day + timedelta(days=step), self.zone) for step in (0, 1))
            tasks, meetings = await self._read(today)
            return {
                **self._of_day(day),
                "completed": _done_in(tasks, today),
                "meetings": meetings,
                "moved": [each for each in tasks if each.is_open and each.reschedule_count > 1],
                "tomorrow": _planned_in(tasks, tomorrow),
                "waiting": [each for each in tasks if each.status in _WAITS],
            }

        return Draft(
            template="daily_reflection",
            task_type="draft_daily_reflection",
            path=f"Reflections/{day}.md",
            key=str(day),
            context=context,
        )

    def commitment_log(self, day: date) -> Draft:
        """Return the draft of what was promised and taken on that day."""

        async def context() -> Mapping[str, Any]:
            today = local_day(day, self.zone)
            tasks, _ = await self._read(today)
            return {
                **self._of_day(day),
                "promises": await self._promises(today),
                "captured": [each for each in tasks if today.contains(each.created_at)],
            }

        return Draft(
            template="commitment_log",
            task_type="extract_commitments",
            path=f"Commitments/{day}.md",
            key=str(day),
            context=context,
        )

    def weekly_review(self, day: date) -> Draft:
        """Return the draft of the week that the day is in."""
        first = day - timedelta(days=day.weekday())
        week, before = (_week(each) for each in (first, first - _A_WEEK))

        async def context() -> Mapping[str, Any]:
            span = Interval(
                local_day(first, self.zone).start,
                local_day(first + timedelta(days=6), self.zone).end,
            )
            tasks, meetings = await self._read(span)
            prior = await self.catalog.kept(self.user_id, SourceType.VAULT)
            path = f"WeeklyReview/{before}.md"
            return {
                "zone": self.zone,
                "week": week,
                "first": first,
                "last": first + timedelta(days=6),
                "completed": _done_in(tasks, span),
                "meetings": meetings,
                "missed": [each for each in tasks if _is_late(each, span, self.clock.now())],
                "carried": [each for each in tasks if each.is_open and each.created_at < span.end],
                "promises": await self._promises(span),
                "ahead": _planned_in(tasks, Interval(span.end, span.end + _A_WEEK)),
                "prior": path if path in prior and not prior[path].is_deleted else "",
            }

        return Draft(
            template="weekly_review",
            task_type="draft_weekly_review",
            path=f"WeeklyReview/{week}.md",
            key=week,
            context=context,
        )

    def meeting_note(self, meeting: CalendarEvent) -> Draft:
        """Return the draft for a meeting that was, with what is remembered of its subject."""
        start = local(meeting.when.start, self.zone)
        slug = "-".join(filter(None, _WORDS.split(meeting.title.casefold())))[:60] or "meeting"
        names = names_in(meeting)

        async def context() -> Mapping[str, Any]:
            about = Filters(sources=frozenset({SourceType.VAULT}), without=_OF_NO_NOTE)
            hits = await self.store.search(
                meeting.title, user_id=self.user_id, k=_RELATED, filters=about
            )
            tasks, _ = await self._read(meeting.when)
            words = {*_WORDS.split(meeting.title.casefold())} - {""}
            return {
                "zone": self.zone,
                "meeting": meeting,
                "names": names,
                "related": [
                    path
                    for path in dict.fromkeys(hit.source_id for hit in hits)
                    if not path.startswith("Meetings/")
                ],
                "tasks": [
                    each
                    for each in tasks
                    if each.is_open and len(words & {*_WORDS.split(each.title.casefold())}) > 1
                ][:_RELATED],
            }

        key = f"{meeting.event_id}:{meeting.when.start.isoformat()}"
        path = f"Meetings/{start:%Y-%m-%d-%H%M}-{slug}.md"
        return Draft(
            template="meeting_note",
            task_type="draft_meeting_note",
            path=path,
            key=key,
            context=context,
            people=tuple(dict.fromkeys(names.values())),
        )

    async def person_profile(self, name: str) -> Draft:
        """Return the draft about a person; a new one only where something new was said."""
        shown = Filters(without=_OF_NO_NOTE)
        hits = await self.store.search(name, user_id=self.user_id, k=_MOST, filters=shown)
        words = {*_WORDS.split(name.casefold())} - {""}
        mentions = [
            hit
            for hit in hits
            if not hit.metadata.get("autowritten_by")
            and words <= {*_WORDS.split(f"{hit.title} {hit.speaker} {hit.text}".casefold())}
        ]

        async def context() -> Mapping[str, Any]:
            now = self.clock.now()
            sources = list(dict.fromkeys((hit.source_type, hit.source_id) for hit in mentions))
            known = await self.catalog.statements(self.user_id, sources)
            tasks, _ = await self._read(Interval(now, now))
            return {
                "zone": self.zone,
                "name": name,
                "known": [
                    each
                    for each in known
                    if each.held(now) and each.subject.casefold() == name.casefold()
                ],
                "mentions": sorted(mentions, key=_said_at, reverse=True)[:_MENTIONS],
                "tasks": [
                    each
                    for each in tasks
                    if each.is_open and words <= {*_WORDS.split(each.title.casefold())}
                ],
                "links": [name for kind, name in sources if kind is SourceType.VAULT][:_RELATED],
            }

        said = "\n".join(
            sorted(f"{hit.source_type}:{hit.source_id}:{hit.text}" for hit in mentions)
        )
        key = f"{name}: {hashlib.sha256(said.encode()).hexdigest()[:16]}"
        return Draft(
            template="person_profile",
            task_type="draft_person_profile",
            path=path_of(name),
            key=key,
            context=context,
        )

    async def people_mentioned(self, day: date) -> list[str]:
        """Return whom notes and talks of the week before the day's end linked to often enough.

        A bare ``[[Name]]`` counts where there is a note of that person. What Donna wrote does not:
        she would bring herself to write again.
        """
        until = local_day(day, self.zone).end
        week = Interval(until - _A_WEEK, until)
        notes = await self.catalog.kept(self.user_id, SourceType.VAULT)
        counts: Counter[str] = Counter()
        async for document in self._said(week):
            for target in targets_of(document.content):
                name = target.removesuffix(".md").removeprefix(FOLDER)
                is_person = target.startswith(FOLDER) or path_of(name) in notes
                counts[name] += is_person and "/" not in name
        often = [(name, count) for name, count in counts.items() if count >= _OFTEN]
        return [name for name, _ in sorted(often, key=lambda each: (-each[1], each[0]))]

    async def meetings_that_ended(self, since: datetime, until: datetime) -> list[CalendarEvent]:
        """Return the meetings of others with somebody that ended after ``since`` until then."""
        day = timedelta(days=1)
        found = await self.unit_of_work.run(
            lambda stores: events_in(stores, Interval(since - day, max(until, since) + day))
        )
        return [
            each
            for each in found
            if _is_meeting(each) and each.attendees and since < each.when.end <= until
        ]

    async def meetings_in(self, span: Interval) -> list[CalendarEvent]:
        """Return the meetings that begin within the span, by their start."""
        found = await self.unit_of_work.run(lambda stores: events_in(stores, span))
        return [each for each in found if _is_meeting(each) and span.contains(each.when.start)]

    def _of_day(self, day: date) -> Mapping[str, Any]:
        return {"zone": self.zone, "day": day, "label": f"{day:%A} {day}"}

    async def _read(self, span: Interval) -> tuple[Sequence[Task], Sequence[CalendarEvent]]:
        def read(stores: Stores) -> tuple[Sequence[Task], Sequence[CalendarEvent]]:
            tasks = stores.tasks.select(statuses={*OPEN, TaskStatus.DONE})
            return tasks, [each for each in events_in(stores, span) if _is_meeting(each)]

        return await self.unit_of_work.run(read)

    async def _promises(self, span: Interval) -> list[Promise]:
        """Return what was promised in talks and notes of the span, none of Donna's own."""
        found: list[Promise] = []
        async for document in self._said(span):
            found += _promised(document)
        return found[:_MOST]

    async def _said(self, span: Interval) -> AsyncIterator[Document]:
        """Yield the talks and notes of the span that may be told of, none of Donna's own."""
        async for documents in pages_of(self.catalog, self.user_id):
            for document in documents:
                if (
                    document.source_type in {SourceType.CHAT, SourceType.VAULT}
                    and document.time is not None
                    and span.contains(document.time)
                    and not document.metadata.get("autowritten_by")
                    and not document.labels & _OF_NO_NOTE
                ):
                    yield document


def _promised(document: Document) -> list[Promise]:
    return [
        Promise(text=each.strip(), speaker=document.speaker, where=document.uri)
        for each in _SENTENCES.split(document.content)
        if _PROMISE.search(each)
    ]


def _is_meeting(event: CalendarEvent) -> bool:
    return event.busy and not event.is_donnas and not event.is_all_day


def _done_in(tasks: Sequence[Task], span: Interval) -> list[Task]:
    done = [each for each in tasks if each.completed_at and span.contains(each.completed_at)]
    return sorted(done, key=lambda each: (each.completed_at, each.number))


def _planned_in(tasks: Sequence[Task], span: Interval) -> list[Task]:
    planned = [
        each
        for each in tasks
        if each.is_open and each.scheduled_start and span.contains(each.scheduled_start)
    ]
    return sorted(planned, key=lambda each: (each.scheduled_start, each.number))[:_MOST]


def _is_late(task: Task, span: Interval, at: datetime) -> bool:
    due = task.deadline
    return task.is_open and due is not None and due < at and span.contains(due)


def _said_at(hit: Hit) -> float:
    return hit.time.timestamp() if hit.time is not None else 0.0


def _week(day: date) -> str:
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02}"
