"""The words the reader knows: kinds of work, parts of life, urgency, courtesies, parts of day.

All of it is data (``config/lexicon.yaml``). A phrase is matched word by word, a plural ``s``
allowed, so "oil change" finds "Oil changes".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from attrs import field, frozen

from donna_core.domain.capture.conditions import Sets
from donna_core.domain.capture.language import Language
from donna_core.domain.capture.reading import ActionVerb
from donna_core.domain.capture.tokens import Shape, Token, tokenize
from donna_core.domain.capture.values import Part
from donna_core.domain.errors import ConfigError
from donna_core.domain.tasks.task import HIGHEST_PRIORITY, LOWEST_PRIORITY, Domain

_LISTS = (
    "prefixes", "suffixes", "prep", "agent_verbs", "action_verbs", "chat", "questions", "must",
    "wish", "vague", "bookings", "request_verbs", "request_nouns", "addressees", "errands",
    "agenda", "events", "contracts", "world", "query_verbs", "listing", "planning", "automation",
    "services", "relations", "places", "contact_verbs", "errand_verbs", "corrections",
    "restarts", "negations", "degrees", "subjects",
    "before_event", "after_event", "completions", "facts", "duties",
)  # fmt: skip


_SHORTEST_PLURAL = 3  # letters: "is" is no plural of "i", "as" none of "a"


@frozen(kw_only=True)
class Match:
    """A phrase of the lexicon at tokens ``[start, end)``; ``value`` is what it stands for."""

    start: int
    end: int
    value: Any


@frozen
class Phrases:
    """Phrases that stand for something, found in a text by their first word."""

    by_first: Mapping[str, tuple[tuple[tuple[str, ...], Any], ...]] = field(repr=False)

    @classmethod
    def of(cls, entries: Iterable[tuple[str, Any]]) -> "Phrases":
        """Return the index of these phrases, longest first, by each form of their first word."""
        index: dict[str, list[tuple[tuple[str, ...], Any]]] = {}
        for text, value in entries:
            words = tuple(token.norm for token in tokenize(text))
            if words:
                index.setdefault(words[0], []).append((words, value))
        forms = dict(index)
        for first, found in index.items():
            for form in (first + "s", first + "es"):
                if len(form) > _SHORTEST_PLURAL:
                    forms[form] = [*forms.get(form, ()), *found]
        return cls(
            {
                form: tuple(sorted(found, key=lambda entry: -len(entry[0])))
                for form, found in forms.items()
            }
        )

    def at(self, tokens: Sequence[Token], start: int) -> Match | None:
        """Return the longest phrase that begins at this token."""
        for words, value in self.by_first.get(tokens[start].norm, ()):
            end = start + len(words)
            if len(words) == 1 or _same(words, tokens, start, end):
                return Match(start=start, end=end, value=value)
        return None

    def within(self, tokens: Sequence[Token]) -> Iterator[Match]:
        """Return the phrases of the text in order; none overlaps another."""
        known, reached = self.by_first, 0
        for start, token in enumerate(tokens):
            if start < reached or token.norm not in known:
                continue
            match = self.at(tokens, start)
            if match is not None:
                yield match
                reached = match.end


def _same(words: tuple[str, ...], tokens: Sequence[Token], start: int, end: int) -> bool:
    if end > len(tokens):
        return False
    for place in range(1, len(words) - 1):
        if tokens[start + place].norm != words[place]:
            return False
    last, norm = words[-1], tokens[end - 1].norm
    return norm == last or (len(last) >= _SHORTEST_PLURAL and norm == last + "s")


@frozen(kw_only=True)
class Stake:
    """What is at stake where all these signs are near each other, as a priority."""

    signs: frozenset[str]
    priority: int


@frozen(kw_only=True)
class Lexicon:
    """Everything the reader knows about words. Build it with ``from_mapping``."""

    load_language: Callable[[], Language] = field(repr=False)
    country: str | None = None
    others: tuple["Lexicon", ...] = field(default=(), repr=False)
    parts: Mapping[str, Part]
    domains: Phrases
    durations: Phrases
    default_duration: timedelta
    urgency: Phrases
    negations: Phrases
    degrees: Phrases
    subjects: Phrases
    signs: Phrases
    stakes: Sequence[Stake]
    default_priority: int
    prefixes: Phrases
    suffixes: Phrases
    prep: Phrases
    agent_verbs: Phrases
    action_verbs: Phrases
    chat: Phrases
    questions: Phrases
    must: Phrases
    wish: Phrases
    vague: Phrases
    bookings: Phrases
    request_verbs: Phrases
    request_nouns: Phrases
    addressees: Phrases
    actions: Phrases
    errands: Phrases
    agenda: Phrases
    events: Phrases
    contracts: Phrases
    world: Phrases
    query_verbs: Phrases
    listing: Phrases
    planning: Phrases
    automation: Phrases
    services: Phrases
    relations: Phrases
    places: Phrases
    contact_verbs: Phrases
    errand_verbs: Phrases
    corrections: Phrases
    restarts: Phrases
    before_event: Phrases
    after_event: Phrases
    completions: Phrases
    facts: Phrases
    duties: Phrases

    @property
    def language(self) -> Language:
        """The language of these words and its grammar of times."""
        return self.load_language()

    def of_text(self, tokens: Sequence[Token]) -> "Lexicon":
        """Return the lexicon of the language the text is in: the one that knows most words."""
        if not self.others:
            return self
        words = [token.norm for token in tokens if token.shape is Shape.WORD]

        def known(lexicon: "Lexicon") -> int:
            return sum(lexicon.language.knows(word) or lexicon.has(word) for word in words)

        return max((self, *self.others), key=known)

    def has(self, word: str) -> bool:
        """Return whether some phrase begins with the word."""
        return any(word in each.by_first for each in (self.action_verbs, self.questions,
                                                      self.prefixes, self.relations))  # fmt: skip

    @property
    def sets(self) -> Sets:
        """The small words of the language."""
        return self.language.sets

    @classmethod
    def from_mapping(
        cls,
        data: Mapping[str, Any],
        *,
        language: Callable[[], Language],
        country: str | None = None,
        others: tuple["Lexicon", ...] = (),
    ) -> "Lexicon":
        """Return the lexicon a mapping describes; ``config/lexicon.yaml`` shows its shape.

        ``language`` is asked with the first text, for its grammar takes its time to load.
        ``country`` is the ISO 3166 code by which holidays fall, ``others`` are the lexicons of
        further languages the person speaks.
        Raises ``ConfigError`` for a missing or unknown key and for a value out of its range.
        """
        known = {"parts_of_day", "domains", "durations", "default_minutes", "urgency",
                 "false_alarms", "signs", "stakes", "default_priority", "actions",
                 *_LISTS}  # fmt: skip
        if odd := set(data) ^ known:
            raise _invalid(f"keys missing or unknown: {', '.join(sorted(map(str, odd)))}")
        try:
            return cls._built(data, language, country, others)
        except (TypeError, ValueError, AttributeError, KeyError) as problem:
            raise _invalid(str(problem)) from problem

    @classmethod
    def _built(
        cls,
        data: Mapping[str, Any],
        language: Callable[[], Language],
        country: str | None,
        others: tuple["Lexicon", ...],
    ) -> "Lexicon":
        lists = {name: Phrases.of((text, text) for text in data[name]) for name in _LISTS}
        return cls(
            load_language=language,
            country=country,
            others=others,
            parts=_parts(data["parts_of_day"]),
            domains=Phrases.of(
                (text, Domain(name)) for name, texts in data["domains"].items() for text in texts
            ),
            durations=Phrases.of(
                (text, _minutes(entry["minutes"]))
                for entry in data["durations"]
                for text in entry["words"]
            ),
            default_duration=_minutes(data["default_minutes"]),
            urgency=Phrases.of(_urgency(data["urgency"], data["false_alarms"])),
            signs=Phrases.of(_by_text(data["signs"]).items()),
            stakes=_stakes(data["stakes"], data["signs"]),
            default_priority=_priority(data["default_priority"]),
            actions=Phrases.of(
                (text, ActionVerb(name))
                for name, texts in data["actions"].items()
                for text in texts
            ),
            **lists,
        )


def _urgency(
    levels: Mapping[int, Sequence[str]], names: Iterable[str]
) -> Iterator[tuple[str, int | None]]:
    """Yield the words of urgency with their priority, and names that only sound like it."""
    for level, texts in levels.items():
        yield from ((text, _priority(level)) for text in texts)
    yield from ((text, None) for text in names)


def _by_text(signs: Mapping[str, Sequence[str]]) -> Mapping[str, frozenset[str]]:
    """Return the signs that each phrase is one of."""
    found: dict[str, set[str]] = {}
    for name, texts in signs.items():
        for text in texts:
            found.setdefault(text, set()).add(name)
    return {text: frozenset(names) for text, names in found.items()}


def _stakes(
    data: Mapping[int, Sequence[Sequence[str]]], signs: Mapping[str, Sequence[str]]
) -> tuple[Stake, ...]:
    """Return the stakes, the highest first."""
    found = [
        Stake(signs=frozenset(names), priority=_priority(level))
        for level, rules in data.items()
        for names in rules
    ]
    if odd := {name for stake in found for name in stake.signs} - set(signs):
        raise ValueError(f"stakes name signs that are not there: {', '.join(sorted(odd))}")
    return tuple(sorted(found, key=lambda stake: -stake.priority))


def _parts(data: Mapping[str, Sequence[int]]) -> Mapping[str, Part]:
    parts = {}
    for name, (start, end) in data.items():
        if not 0 <= start < end <= 30:
            raise ValueError(f"part of day '{name}' must run forward within 0..30 hours")
        parts[name] = Part(name=name, start=start, end=end)
    return parts


def _minutes(value: int) -> timedelta:
    if not 1 <= value <= 24 * 60:
        raise ValueError(f"{value} minutes is no time to plan with")
    return timedelta(minutes=value)


def _priority(value: int) -> int:
    if not LOWEST_PRIORITY <= value <= HIGHEST_PRIORITY:
        raise ValueError(f"priority {value} is not between 1 and 5")
    return int(value)


def _invalid(problem: str) -> ConfigError:
    return ConfigError(problem, where="lexicon", remedy="Compare with the shipped lexicon.yaml.")
