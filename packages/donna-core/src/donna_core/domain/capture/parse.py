"""Read a message into what it wants: a task with its fields, several tasks, or no task."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from donna_core.domain.capture.amend import Amended, amend, restart
from donna_core.domain.capture.anchors import Hung, constraint, find_anchor, hang
from donna_core.domain.capture.cleaning import DEFAULT_LIMIT, EmptyText, TextTooLong, clean
from donna_core.domain.capture.confidence import confidence, doubts_about, remarks_on
from donna_core.domain.capture.entities import find_entities
from donna_core.domain.capture.fields import (
    Words,
    counts,
    inside,
    looks_unread,
    quoted,
    read_words,
    spans_of,
    taken_from_title,
    told_only,
)
from donna_core.domain.capture.intent import Judgement, judge
from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.marks import Marks, read_marks
from donna_core.domain.capture.phrases import Phrase, search
from donna_core.domain.capture.pressure import Pressure, idle_stretches
from donna_core.domain.capture.reading import Intent, Reading, Slots
from donna_core.domain.capture.settle import Settled, settle
from donna_core.domain.capture.spans import Span
from donna_core.domain.capture.split import Parts, split
from donna_core.domain.capture.times import TimeReading, read_times
from donna_core.domain.capture.title import Title, is_courtesy, make_title
from donna_core.domain.capture.tokens import Token, tokenize
from donna_core.domain.capture.values import Frame, Role

__all__ = ["EmptyText", "TextTooLong", "clean", "read"]


@frozen(kw_only=True)
class _Source:
    """A text with everything found in it before its meaning is put together.

    ``shared`` are the phrases of a heading or of the task before, which say the day; ``named``
    are times that only belong to a name, as in "the annual review", ``unread`` is what was not
    searched for times.
    """

    text: str
    tokens: Sequence[Token]
    phrases: Sequence[Phrase]
    frame: Frame
    lexicon: Lexicon
    shared: tuple[Phrase, ...] = ()
    named: tuple[Phrase, ...] = ()
    unread: str = ""

    @classmethod
    def of(cls, text: str, *, frame: Frame, lexicon: Lexicon) -> "_Source":
        tokens = tokenize(text)
        searched = search(tokens, text, frame=frame)
        found = searched.phrases
        idle = idle_stretches(tokens, lexicon)
        named = tuple(phrase for phrase in found if phrase.meaning.role is Role.NAMING)
        phrases = [
            phrase
            for phrase in found
            if phrase not in named
            and counts(phrase, tokens, lexicon)
            and not _lies_in(phrase, idle)
        ]
        told = told_only(phrases, tokens, frame=frame, sets=lexicon.sets)
        aside = {id(phrase) for phrase in told}
        return cls(
            text=text,
            tokens=tokens,
            phrases=[phrase for phrase in phrases if id(phrase) not in aside],
            frame=frame,
            lexicon=lexicon,
            named=(*named, *told),
            unread=text[tokens[searched.reached].start :] if searched.reached < len(tokens) else "",
        )

    @property
    def timed(self) -> frozenset[int]:
        """The starts of the tokens in time phrases."""
        return self._starts(self.phrases)

    @property
    def ahead(self) -> frozenset[int]:
        """Those of them that are in phrases of a time that is not over."""
        today, whens = self.frame.now.date(), [(p, p.meaning.when) for p in self.phrases]
        return self._starts([p for p, w in whens if w is None or (w.last or today) >= today])

    @property
    def placed(self) -> frozenset[int]:
        """The starts of the tokens in phrases that say when, not only how long."""
        return self._starts([p for p in self.phrases if p.meaning.when or p.meaning.repeat])

    @property
    def clocked(self) -> frozenset[int]:
        """The starts of the tokens in phrases that name a time of day."""
        named = [p for p in self.phrases if p.meaning.when is not None and p.meaning.when.has_time]
        return self._starts(named)

    def _starts(self, phrases: Sequence[Phrase]) -> frozenset[int]:
        return frozenset(self.tokens[place].start for place in inside(self.tokens, phrases))


def read(
    text: str,
    *,
    at: datetime,
    zone: ZoneInfo,
    lexicon: Lexicon,
    day_first: bool = False,
    limit: int = DEFAULT_LIMIT,
) -> Reading:
    """Return what one message means, said at the instant ``at`` by somebody in ``zone``.

    Times without a date lie ahead of ``at``; a day without a time lasts until 23:59 of its local
    clock. ``day_first`` decides what 3/5 means. ``limit`` counts characters. Line feeds part
    tasks and are blanks in the reading's text. Raises ``EmptyText`` and ``TextTooLong``, nothing
    else; what could not be read is a remark.
    """
    lined, remarks = clean(text, limit=limit, keeps_lines=True)
    if lexicon.others:
        lexicon = lexicon.of_text(tokenize(lined))
    frame = Frame.of(
        at=at,
        zone=zone,
        day_first=day_first,
        parts=lexicon.parts,
        language=lexicon.language,
        country=lexicon.country,
    )
    source = _Source.of(lined.replace("\n", " "), frame=frame, lexicon=lexicon)
    repeats = any(phrase.meaning.role is Role.REPEATING for phrase in source.phrases)
    judged = judge(
        source.tokens,
        timed=source.timed,
        ahead=source.ahead,
        repeats=repeats,
        lexicon=lexicon,
        in_lines="\n" in lined,
    )
    reading = _single(source, judged)
    if judged.intent is Intent.TASK and not restart(source.tokens, lexicon):
        parts = split(
            lined,
            source.tokens,
            timed=source.timed,
            placed=source.placed,
            clocked=source.clocked,
            lexicon=lexicon,
        )
        if parts is not None:
            reading = _several(reading, source, parts, judged)
    if source.unread:
        remarks = (*remarks, f"What follows '{source.unread[:40]}' was not searched for times.")
    return evolve(reading, remarks=(*remarks, *reading.remarks))


def _several(whole: Reading, source: _Source, parts: Parts, judged: Judgement) -> Reading:
    """Return the reading of a message with several tasks; its fields are those of the first."""
    heading = [phrase for phrase in source.phrases if phrase.span.end <= parts.heading]
    tasks: list[Reading] = []
    shared = tuple(heading)
    sources = []
    for segment in parts.segments:
        text = source.text[segment.start : segment.end].strip()
        part = _Source.of(text, frame=source.frame, lexicon=source.lexicon)
        own = [phrase for phrase in part.phrases if _names_day(phrase)]
        if own and segment.inherits and not heading:
            shared = tuple(_day_only(own))
        elif not own:
            part = evolve(part, shared=shared)
        sources.append(part)
    sources = _with_closing_day(sources) if not heading else sources
    tasks = [_single(part, judged) for part in sources]
    lowest = min(task.confidence for task in tasks)
    return evolve(
        tasks[0],
        text=whole.text,
        spans=whole.spans,
        times=whole.times,
        entities=whole.entities,
        people=whole.people,
        place=whole.place,
        amounts=whole.amounts,
        urls=whole.urls,
        rules=whole.rules,
        confidence=round(lowest * 0.97, 3),
        assumed=(f"{len(tasks)} tasks were read in one message.", *_shared_remark(sources)),
        tasks=tuple(tasks),
    )


def _shared_remark(sources: Sequence[_Source]) -> tuple[str, ...]:
    words = dict.fromkeys(phrase.span.text for part in sources for phrase in part.shared)
    return tuple(f"'{each}' was taken to hold for several of them." for each in words)


def _lies_in(phrase: Phrase, stretches: Sequence[tuple[int, int]]) -> bool:
    place = bisect_right(stretches, phrase.span.start, key=lambda stretch: stretch[0]) - 1
    return place >= 0 and phrase.span.end <= stretches[place][1]


def _has_day(phrase: Phrase) -> bool:
    when = phrase.meaning.when
    return when is not None and when.first is not None


def _names_day(phrase: Phrase) -> bool:
    meaning = phrase.meaning
    if meaning.repeat is not None:
        return True
    when = meaning.when
    return when is not None and (when.first is not None or when.instant is not None)


def _day_only(phrases: Iterable[Phrase]) -> list[Phrase]:
    """Return the phrases that a later task may share, without their time of day."""
    shared = []
    for phrase in phrases:
        when = phrase.meaning.when
        if when is None or when.first is None or when.instant is not None:
            continue
        plain = evolve(when, clock=None, until=None, part=None, loose=False)
        shared.append(evolve(phrase, meaning=evolve(phrase.meaning, when=plain)))
    return shared


def _with_closing_day(sources: list[_Source]) -> list[_Source]:
    """Let a day at the very end hold for all: "call mom and buy milk tomorrow"."""
    last = sources[-1]
    own = [phrase for phrase in last.phrases if _names_day(phrase)]
    if any(part.phrases or part.shared for part in sources[:-1]) or len(own) != 1:
        return sources
    when = own[0].meaning.when
    closes = not last.text[own[0].span.end :].strip(" .!")
    if not closes or when is None or when.has_time or own[0].meaning.role is not Role.ON:
        return sources
    return [*(evolve(part, shared=(own[0],)) for part in sources[:-1]), last]


@frozen(kw_only=True)
class _Told:
    """What the words of one task tell: its title, its times, and what they hang on."""

    title: Title
    settled: Settled
    phrases: Sequence[Phrase]
    hung: Hung | None

    def times(self, source: _Source) -> tuple[TimeReading, ...]:
        """Return the times in the words, in order; those in names too."""
        found = sorted([*self.phrases, *source.named], key=lambda phrase: phrase.span.start)
        times = read_times(found, frame=source.frame)
        if self.hung is None:
            return times
        tied = constraint(self.hung, source.tokens, source.text)
        return tuple(sorted((*times, tied), key=lambda each: each.span.start))


def _single(source: _Source, judged: Judgement) -> Reading:
    """Return the reading of a text that holds one task, or none."""
    tokens, lexicon = source.tokens, source.lexicon
    fresh = restart(tokens, lexicon)
    amended = _amended(source, fresh)
    marks = read_marks(tokens)
    words = read_words(tokens, source.phrases, lexicon)
    entities = find_entities(tokens, source.text, timed=source.timed, lexicon=lexicon)
    is_task = judged.intent is Intent.TASK
    aside = frozenset(amended.taken) | frozenset(range(fresh))
    hung = _hung(source, amended, entities) if is_task else None
    told = _told(source, amended, words, marks, hung=hung, aside=aside)
    settled = told.settled
    doubts = doubts_about(told.title, settled, lexicon) if is_task else []
    unread = looks_unread(tokens, source.phrases, sets=lexicon.sets)
    doubts += ["unread time"] if unread and is_task else []
    doubts += ["corrected"] if amended.taken or fresh else []
    times = told.times(source)
    reading = _with_entities(_assembled(source, told.title, settled, words, marks=marks), entities)
    kept_in = next(iter(_texts(reading.entities, "list_name")), None)
    spoken = [*told.phrases, *(told.hung.used if told.hung else ())]
    return evolve(
        reading,
        is_task=is_task,
        intent=judged.intent,
        slots=evolve(_slots(judged, source, times), list_name=kept_in),
        times=times,
        confidence=confidence(doubts, sureness=judged.sureness),
        remarks=(*reading.remarks, *remarks_on(doubts)),
        assumed=_assumed(settled, source, judged, words.pressure if not marks.priority else None),
        rules=tuple(dict.fromkeys(name for phrase in amended.phrases for name in phrase.rules)),
        spans=spans_of(source.text, tokens, spoken, marks, words),
    )


def _hung(source: _Source, amended: Amended, entities: Sequence[Span]) -> Hung | None:
    return find_anchor(
        source.tokens,
        source.text,
        amended.phrases,
        [span for span in entities if span.kind == "event_name"],
        frame=source.frame,
        lexicon=source.lexicon,
    )


def _told(
    source: _Source,
    amended: Amended,
    words: Words,
    marks: Marks,
    *,
    hung: Hung | None,
    aside: frozenset[int],
) -> _Told:
    """Return what the words tell; ``aside`` are tokens that belong to no title.

    What the work would hang on counts only where work is left beside it: in "alert me an hour
    before my flight" the flight itself is the task. "3 days after" alone says nothing.
    """
    used = hung.used if hung else ()
    phrases = [
        phrase
        for phrase in amended.phrases
        if phrase not in used and phrase.meaning.role is not Role.LAG
    ]
    settled = settle(_meant(source, phrases), frame=source.frame, tone=words.tone)
    taken = taken_from_title(
        source.tokens,
        [phrase for phrase in phrases if phrase not in settled.unused or not _has_day(phrase)],
        marks,
        words,
        sets=source.lexicon.sets,
    )
    taken |= aside | set(hung.tokens if hung else ())
    title = make_title(
        source.tokens,
        source.text,
        taken=taken,
        timed=inside(source.tokens, amended.phrases),
        lexicon=source.lexicon,
    )
    if hung is not None:
        hanging = hang(settled, hung, tone=words.tone)
        if hanging is None or not title.tokens or is_courtesy(title.tokens, source.lexicon):
            return _told(source, amended, words, marks, hung=None, aside=aside)
        settled = hanging
    return _Told(title=title, settled=settled, phrases=phrases, hung=hung)


def _amended(source: _Source, fresh: int) -> Amended:
    if fresh:
        begin = source.tokens[fresh].start
        kept = tuple(phrase for phrase in source.phrases if phrase.span.start >= begin)
        return Amended(phrases=kept)
    return amend(
        source.phrases, source.tokens, source.text, frame=source.frame, lexicon=source.lexicon
    )


def _meant(source: _Source, phrases: Sequence[Phrase]) -> list[Phrase]:
    if any(_names_day(phrase) for phrase in phrases):
        return list(phrases)
    return [*source.shared, *phrases]


def _slots(judged: Judgement, source: _Source, times: Sequence[TimeReading]) -> Slots:
    command = judged.command
    if judged.intent is Intent.TASK:
        return Slots()
    starts = [each.start for each in times if each.start is not None]
    target = None
    if command is not None and command.target:
        target = source.text[command.target[0].start : command.target[-1].end]
    return Slots(
        verb=command.verb if command else None,
        target=target,
        when=starts[-1] if starts and command else next(iter(starts), None),
    )


def _with_entities(reading: Reading, found: tuple[Span, ...]) -> Reading:
    return evolve(
        reading,
        entities=found,
        people=_texts(found, "person", "relation"),
        place=next(iter(_texts(found, "place_name")), None),
        amounts=_texts(found, "amount"),
        urls=_texts(found, "url"),
    )


def _texts(spans: Iterable[Span], *kinds: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(span.text for span in spans if span.kind in kinds))


def _assembled(
    source: _Source, title: Title, settled: Settled, words: Words, *, marks: Marks
) -> Reading:
    lexicon = source.lexicon
    return Reading(
        text=source.text,
        title=title.text,
        description=title.description,
        domain=marks.domain or words.domain,
        priority=marks.priority or words.pressure.priority or lexicon.default_priority,
        deadline=settled.deadline,
        deadline_type=settled.deadline_type,
        start=settled.start,
        duration=settled.duration or words.duration or lexicon.default_duration,
        duration_stated=settled.duration is not None,
        recurrence=settled.recurrence,
        recurrence_text=settled.recurrence_text,
        time_intent=settled.intent,
        tags=marks.tags,
        contexts=marks.contexts,
        prep_work_flag=words.prep is not None,
        prep_work_instructions=quoted(words.prep, source.tokens, source.text),
        agent_eligible=words.agent,
        remarks=settled.remarks,
        alternatives=settled.alternatives,
    )


def _assumed(
    settled: Settled, source: _Source, judged: Judgement, pressure: Pressure | None
) -> tuple[str, ...]:
    """Return what was taken for granted, in words; a guessed length has its own field."""
    if judged.intent is not Intent.TASK:
        return ()
    assumed = []
    if settled.spread:
        assumed.append("The days were spread evenly; name them to choose others.")
    if settled.alternatives:
        assumed.append("The time is the likeliest of several.")
    if source.shared and not any(_names_day(phrase) for phrase in source.phrases):
        assumed.append(f"The day is that of '{source.shared[0].span.text}'.")
    if pressure is not None and pressure.inferred:
        assumed.append(f"It is pressing: '{' … '.join(pressure.stakes)}'.")
    return tuple(assumed)
