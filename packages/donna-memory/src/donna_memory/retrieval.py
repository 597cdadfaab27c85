"""From two opinions on every chunk, its words and its meaning, to one ranking.

Half of the score is BM25 as a share of the best in this query, half is the cosine. What stands
beside a good chunk gains from it: an answer shares few words with the question before it. Then
come small priors: who is named in the question and spoke, how recent it is, where it came from.
At the end, what is true now goes before what it superseded, what was said later of the same thing
before what was said earlier, what tells of a change before the best hit if that is what changed,
and chunks that repeat a better one step back.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import define, evolve, field, frozen

from donna_memory.ageing import (
    Kind,
    asks,
    kinds_asked,
    kinds_in,
    rarity,
    shared,
    speaks_of_change,
    stems_of,
)
from donna_memory.documents import SourceType
from donna_memory.lexical import content_words, words_of
from donna_memory.ports import Vectors


@frozen(kw_only=True)
class RetrievalRules:
    """The weights of the ranking and the bounds of a search; each has a key in memory.yaml.

    ``follow_up`` is what cosine and shared words, ``rare_word`` for each that no other hit has,
    have to sum up to for a later chunk to tell of a change of an earlier one; where it has a value
    of the kind that is asked for, and speaks of a change, a cosine of ``follow_up_of_kind`` does.

    ``neighbour_before`` and ``neighbour_after`` are the shares of the score that the chunk before
    and the one after lend. ``recency_days`` is the age at which half of ``recency`` is left.
    """

    default_k: int = 8
    max_k: int = 32
    min_score: float = 0.1
    lexical: float = 0.5
    neighbour_before: float = 0.25
    neighbour_after: float = 0.15
    speaker: float = 0.08
    recency: float = 0.02
    recency_days: float = 30.0
    sources: Mapping[SourceType, float] = field(factory=dict)
    candidates: int = 128
    near_duplicate: float = 0.97
    same_thing: float = 0.6
    later_by: timedelta = timedelta(days=1)
    follow_up: float = 0.9
    follow_up_of_kind: float = 0.5
    rare_word: float = 0.25

    def limit(self, k: int | None) -> int:
        """Return how many hits are given: at least one, at most ``max_k``."""
        return max(1, min(self.default_k if k is None else k, self.max_k))


_CHANGES = 3  # so many changes of one thing are followed, one after the other
_ALIEN = 0.3  # a cosine below which two texts are not about the same

Texts = Callable[[Sequence[int]], Mapping[int, str]]
"""Reads the texts of some candidates, by their keys."""


def _nothing(_: int) -> None:
    """Return no vector."""


@frozen(kw_only=True)
class Candidate:
    """A chunk that may answer: ``bm25`` is zero or more, ``cosine`` lies in [-1, 1].

    ``thread`` names what is read in one go, a conversation or a note; ``place`` counts in it.
    ``replaced_by`` are the documents that say how it is now, where nothing that the chunk's own
    ``document`` states is true any more.
    ``meaning`` gives the chunk's vector, which only the leading candidates are asked for.
    """

    key: int
    source_type: SourceType
    document: int = 0
    replaced_by: frozenset[int] = frozenset()
    bm25: float = 0.0
    cosine: float = 0.0
    thread: str = ""
    place: int = 0
    speaker: str = ""
    time: datetime | None = None
    meaning: Callable[[int], Vectors | None] = field(default=_nothing, eq=False, repr=False)


@frozen(kw_only=True)
class Ranked:
    """A candidate with its score and the two halves it is made of, all in [0, 1]."""

    candidate: Candidate
    score: float
    lexical: float
    semantic: float


def rank(
    question: str,
    candidates: Sequence[Candidate],
    *,
    rules: RetrievalRules,
    now: datetime,
    semantic: bool,
    texts: Texts,
    limit: int,
) -> tuple[Ranked, ...]:
    """Return up to ``limit`` candidates that reach ``min_score``, best first, equal ones by key.

    ``semantic`` is false where nothing was embedded: words count for all of the score then.
    ``texts`` are asked for of the best only.
    """
    best = max((each.bm25 for each in candidates), default=0.0) or 1.0
    share = rules.lexical if semantic else 1.0
    halves = [(each.bm25 / best, _clamped(each.cosine) if semantic else 0.0) for each in candidates]
    own = [share * lexical + (1 - share) * meaning for lexical, meaning in halves]
    named = frozenset(content_words(question))
    scored = _current_first(
        [
            Ranked(
                candidate=each,
                score=_clamped(score + gain + _prior(each, named=named, rules=rules, now=now)),
                lexical=lexical,
                semantic=meaning,
            )
            for each, (lexical, meaning), score, gain in zip(
                candidates, halves, own, _lent(candidates, own, rules), strict=True
            )
            if score + gain > 0
        ]
    )
    present = _later_first(scored[: rules.default_k], rules) + scored[rules.default_k :]
    good = [each for each in present if each.score >= rules.min_score]
    known = _Known(texts)
    changed = _changed_first(question, good, rules, known)
    return tuple(without_echoes(changed, rules, known, limit=limit))


def _lent(
    candidates: Sequence[Candidate], scores: Sequence[float], rules: RetrievalRules
) -> list[float]:
    """Return what each candidate gains from the chunks beside it in the same thread."""
    of = {_spot(each): score for each, score in zip(candidates, scores, strict=True)}
    return [
        rules.neighbour_before * of.get(_spot(each, step=-1), 0.0)
        + rules.neighbour_after * of.get(_spot(each, step=1), 0.0)
        for each in candidates
    ]


def _spot(candidate: Candidate, *, step: int = 0) -> tuple[str, str, int]:
    return candidate.source_type, candidate.thread, candidate.place + step


def _prior(
    candidate: Candidate, *, named: frozenset[str], rules: RetrievalRules, now: datetime
) -> float:
    prior = rules.sources.get(candidate.source_type, 0.0)
    if candidate.speaker and named & {*words_of(candidate.speaker)}:
        prior += rules.speaker
    if candidate.time is not None and rules.recency:
        age = max((now - candidate.time) / timedelta(days=1), 0.0)
        prior += rules.recency * 0.5 ** (age / rules.recency_days)
    return prior


def _current_first(scored: Sequence[Ranked]) -> list[Ranked]:
    """Return them best first; what says how it is now counts as much as what it superseded."""
    ordered = sorted(scored, key=lambda each: (-each.score, each.candidate.key))
    due: dict[int, float] = {}
    for each in ordered:
        for document in each.candidate.replaced_by:
            due.setdefault(document, each.score)
    if not due:
        return ordered
    raised = [
        evolve(each, score=max(each.score, due.pop(each.candidate.document, 0.0)))
        for each in ordered
    ]
    return sorted(
        raised, key=lambda each: (-each.score, bool(each.candidate.replaced_by), each.candidate.key)
    )


def _later_first(scored: Sequence[Ranked], rules: RetrievalRules) -> list[Ranked]:
    """Move what was said later of the same thing right before what it replaces.

    Two chunks speak of the same thing when their vectors are as near as ``same_thing``; half of
    the earlier one's score is enough to go before it.
    """
    ordered: list[Ranked] = []
    for each in scored:
        place = next(
            (
                index
                for index, other in enumerate(ordered)
                if each.score >= other.score / 2 and _replaces(each, other, rules)
            ),
            len(ordered),
        )
        ordered.insert(place, each)
    return ordered


def _replaces(later: Ranked, earlier: Ranked, rules: RetrievalRules) -> bool:
    one, other = later.candidate, earlier.candidate
    if one.time is None or other.time is None or one.time - other.time < rules.later_by:
        return False
    return _cosine(one, other) >= rules.same_thing


class _Known:
    """Texts that are read once."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._read: dict[int, str] = {}

    def __call__(self, keys: Sequence[int]) -> Mapping[int, str]:
        missing = [key for key in keys if key not in self._read]
        if missing:
            self._read.update(self._texts(missing))
        return {key: self._read[key] for key in keys}


def _changed_first(
    question: str, scored: Sequence[Ranked], rules: RetrievalRules, texts: Texts
) -> list[Ranked]:
    """Put before the best hit what tells that this has changed, and so on until nothing does."""
    ordered = [*scored]
    leading = ordered[: rules.max_k + rules.default_k]
    read = texts([each.candidate.key for each in leading])
    follow = _FollowUp(question=question, rules=rules, texts=read)
    for _ in range(_CHANGES):
        found = follow.surest(leading)
        if found is None:
            break
        leading.remove(found)
        leading.insert(0, evolve(found, score=max(found.score, leading[0].score)))
    return leading + ordered[len(leading) :]


@define(kw_only=True)
class _FollowUp:
    """Weighs whether one hit tells of a change of another; rare words only where they may count."""

    question: str
    rules: RetrievalRules
    texts: Mapping[int, str]
    _stems: dict[int, frozenset[str]] = field(factory=dict, init=False)
    _weights: Mapping[str, float] = field(factory=dict, init=False)

    def surest(self, ordered: Sequence[Ranked]) -> Ranked | None:
        """Return the hit that tells most surely of a change of the first one, if one does."""
        if not ordered or asks(self.texts[ordered[0].candidate.key]):
            return None
        earlier = ordered[0].candidate
        wanted = kinds_asked(self.question)
        kinds = wanted & kinds_in(self.texts[earlier.key]) if wanted else wanted
        if wanted and not kinds:
            return None
        rated = [
            (strength, each)
            for each in ordered[1:]
            if (strength := self._strength(earlier, each.candidate, kinds))
        ]
        return max(rated, key=lambda pair: pair[0])[1] if rated else None

    def _strength(self, earlier: Candidate, later: Candidate, kinds: frozenset[Kind]) -> float:
        """Return how sure it is that the later one tells of a change, and 0 where it does not.

        ``kinds`` are those of the values of the earlier one that are asked for, if any are.
        """
        told = self.texts[later.key]
        if not _is_later(later, earlier, self.rules) or asks(told):
            return 0.0
        cosine = _cosine(earlier, later)
        if cosine < _ALIEN or (kinds and not kinds & kinds_in(told)):
            return 0.0
        changes = speaks_of_change(told)
        if not kinds and not changes:
            return 0.0
        strength = cosine + self.rules.rare_word * self._shared(earlier.key, later.key)
        likely = kinds and changes and cosine >= self.rules.follow_up_of_kind
        return strength if likely or strength >= self.rules.follow_up else 0.0

    def _shared(self, one: int, other: int) -> float:
        if not self._weights:
            self._stems = {key: stems_of(text) for key, text in self.texts.items()}
            self._weights = rarity(self._stems.values())
        return shared(self._stems[one], self._stems[other], self._weights)


def _is_later(one: Candidate, other: Candidate, rules: RetrievalRules) -> bool:
    if (one.source_type, one.thread) == (other.source_type, other.thread):
        return one.place > other.place
    return (
        one.time is not None and other.time is not None and one.time - other.time >= rules.later_by
    )


def _cosine(one: Candidate, other: Candidate) -> float:
    vector, another = one.meaning(one.key), other.meaning(other.key)
    return 0.0 if vector is None or another is None else float(vector @ another)


def without_echoes(
    scored: Sequence[Ranked], rules: RetrievalRules, texts: Texts, *, limit: int
) -> list[Ranked]:
    """Return the first ``limit``, with chunks that repeat the words of a better one at the end.

    Words repeat when their Jaccard index, the share of all words of both that both have, is as
    high as ``near_duplicate``.
    """
    kept: list[Ranked] = []
    echoes: list[Ranked] = []
    seen: list[frozenset[str]] = []
    known: dict[int, str] = {}
    for place, each in enumerate(scored):
        if len(kept) == limit:
            break
        if each.candidate.key not in known:
            following = scored[place : place + limit + rules.default_k]
            known.update(texts([other.candidate.key for other in following]))
        words = frozenset(words_of(known[each.candidate.key]))
        if any(_repeats(words, other, rules.near_duplicate) for other in seen):
            echoes.append(each)
            continue
        kept.append(each)
        seen.append(words)
    return (kept + echoes)[:limit]


def _repeats(one: frozenset[str], other: frozenset[str], share: float) -> bool:
    """Say whether two sets of words overlap so much; nothing repeats nothing."""
    short, long = sorted((len(one), len(other)))
    if not short or short < share * long:
        return False
    both = len(one & other)
    return both >= share * (short + long - both)


def _clamped(score: float) -> float:
    return min(max(score, 0.0), 1.0)
