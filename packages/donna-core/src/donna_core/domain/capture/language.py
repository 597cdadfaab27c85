"""A language as data: its words, its ways to name a time, its holidays.

A language is a mapping with ``classes`` (what each word of a kind stands for), ``sets`` (words
that matter to a condition), ``kinds`` (names for several kinds of node), ``holidays`` and
``grammar``: per subject and rule some ``examples`` and the patterns that make a kind of node.
"clock if half_led priority 1" is the key of patterns for clock times that apply on a condition.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from attrs import field, frozen

from donna_core.domain.capture.chart import Build, Element, Grammar, Rule
from donna_core.domain.capture.conditions import CONDITIONS, Sets
from donna_core.domain.capture.holidays import Holidays
from donna_core.domain.capture.patterns import Classes, patterns
from donna_core.domain.errors import ConfigError

_KEY = re.compile(r"(\w+)(?: if (\w+))?(?: priority (-?\d+))?")
_PARTS = frozenset(
    {"code", "classes", "sets", "kinds", "holidays", "grammar", "day_first", "verb_last"}
)


@frozen(kw_only=True, eq=False)
class Language:
    """What the reader knows about one language. Build it with ``from_mapping``.

    ``examples`` are the words that each rule reads, by its name; ``vocabulary`` are all words
    that a pattern or a condition asks for. ``day_first``: 3/5 is the third of May,
    ``verb_last``: the verb closes its clause.
    """

    code: str
    classes: Classes
    sets: Sets
    grammar: Grammar[Any] = field(repr=False)
    rules: tuple[Rule, ...] = field(repr=False)
    examples: Mapping[str, tuple[str, ...]] = field(repr=False)
    holidays: Holidays = field(repr=False)
    vocabulary: frozenset[str] = field(repr=False)
    day_first: bool = False
    verb_last: bool = False

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], *, meanings: Mapping[str, Build]) -> "Language":
        """Return the language that a mapping describes, its rules bound to their meanings.

        Raises ``ConfigError`` for a rule, class, condition or part that nobody knows.
        """
        if odd := set(data) - _PARTS:
            raise _invalid(data, f"parts unknown: {', '.join(sorted(map(str, odd)))}")
        try:
            return cls._built(data, meanings)
        except (TypeError, ValueError, AttributeError, KeyError) as problem:
            raise _invalid(data, str(problem)) from problem

    @classmethod
    def _built(cls, data: Mapping[str, Any], meanings: Mapping[str, Build]) -> "Language":
        feasts = dict(data["holidays"])
        names = feasts.pop("names")
        classes = {name: _class(entries) for name, entries in data["classes"].items()}
        sets = Sets(
            {
                name: frozenset(word.replace("_", " ") for word in words.split())
                for name, words in data["sets"].items()
            }
        )
        entries = {
            f"{subject}.{name}": entry
            for subject, of_subject in data["grammar"].items()
            for name, entry in of_subject.items()
        }
        writer = _Writer(classes=classes, sets=sets, kinds=data.get("kinds", {}), meanings=meanings)
        rules = tuple(rule for name, entry in entries.items() for rule in writer.rules(name, entry))
        return cls(
            code=data["code"],
            classes=classes,
            sets=sets,
            rules=rules,
            grammar=Grammar.of(rules),
            examples={name: tuple(entry["examples"]) for name, entry in entries.items()},
            holidays=Holidays.of(names, **feasts),
            vocabulary=frozenset(
                word for rule in rules for element in rule.pattern for word in element.words
            ).union(*sets.values()),
            day_first=bool(data.get("day_first", False)),
            verb_last=bool(data.get("verb_last", False)),
        )

    def knows(self, word: str) -> bool:
        """Return whether a pattern asks for the word, or it is one of the small words."""
        return word in self.vocabulary


@frozen(kw_only=True)
class _Writer:
    """What turns the entry of a rule into rules."""

    classes: Classes
    sets: Sets
    kinds: Mapping[str, str]
    meanings: Mapping[str, Build]

    def rules(self, name: str, entry: Mapping[str, Any]) -> Iterator[Rule]:
        if name not in self.meanings:
            raise ValueError(f"the rule '{name}' has no meaning")
        for key in entry.keys() - {"examples"}:
            match = _KEY.fullmatch(key)
            known = match is not None and (not match[2] or match[2] in CONDITIONS)
            if not known or not entry[key]:
                raise ValueError(f"'{key}' of the rule '{name}' names no kind and condition known")
        for key, texts in entry.items():
            match = _KEY.fullmatch(key) if key != "examples" else None
            if match is None:
                continue
            for pattern in (each for text in texts for each in self._patterns(text)):
                yield Rule(
                    name=name,
                    kind=match[1],
                    pattern=pattern,
                    build=self.meanings[name],
                    guard=partial(CONDITIONS[match[2]], self.sets) if match[2] else None,
                    priority=int(match[3] or 0),
                )

    def _patterns(self, text: str) -> Iterator[tuple[Element, ...]]:
        for several, kinds in self.kinds.items():
            text = text.replace(f"${several}", kinds)
        return patterns(text, self.classes)


def _class(entries: Mapping[Any, object] | str) -> dict[str, Any]:
    """Return what each word of a class stands for; words without a meaning are their own."""
    if isinstance(entries, str):
        return {word: word for word in entries.split()}
    return {word: meant for meant, words in entries.items() for word in str(words).split()}


def _invalid(data: Mapping[str, Any], problem: str) -> ConfigError:
    return ConfigError(
        problem,
        where=f"language {data.get('code', '?')}",
        remedy="Compare with the shipped files of the language.",
    )
