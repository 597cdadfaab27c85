"""How sure a reading is: a factor for each doubt, then how often such readings were right.

The product of the factors ranks readings. ``_CALIBRATION`` turns it into the share of readings
that were right among those with such a product, so that the figure can be taken at its word. The
table is a monotone fit (pool adjacent violators) to tiers 1 to 4 of ``fixtures/parse_task`` and to
``fixtures/chat_intent``, drawn down to what sentences that no rule was made for came to, and held
below certainty where the cases ran out.
"""

from collections.abc import Collection, Sequence
from itertools import pairwise

from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.settle import Settled
from donna_core.domain.capture.title import Title
from donna_core.domain.capture.tokens import Shape, Token

_SURE = 0.96
_DOUBTS = {
    "vague": 0.45,
    "no title": 0.4,
    "impossible": 0.5,
    "conflict": 0.6,
    "unread time": 0.7,
    "moved": 0.8,
    "corrected": 0.9,
    "several tasks": 0.92,
    "ambiguous": 0.93,
    "unknown verb": 0.92,
    "one word": 0.85,
    "long": 0.7,
}
# (product, share of right readings), rising; between two rows the share is interpolated.
_CALIBRATION = (
    (0.0, 0.1),
    (0.5, 0.4),
    (0.6, 0.5),
    (0.7, 0.72),
    (0.83, 0.83),
    (0.885, 0.9),
    (0.9, 0.93),
    (0.95, 0.945),
    (1.0, 0.97),
)
_REMARKS = {
    "conflict": "Several times contradict each other; the first one was used.",
    "unread time": "Some words look like a time and were not read as one.",
    "vague": "It is not clear what has to be done.",
}
_LONG_TITLE = 14  # words


def doubts_about(title: Title, settled: Settled, lexicon: Lexicon) -> list[str]:
    """Return the reasons to doubt that a task was read as it was meant."""
    words = [token for token in title.tokens if token.shape is Shape.WORD]
    doubts = []
    if not words:
        doubts.append("no title")
    elif _is_vague(words, lexicon):
        doubts.append("vague")
    elif len(words) == 1 and not _known_kind(words, lexicon):
        doubts.append("one word")
    if len(words) > _LONG_TITLE:
        doubts.append("long")
    if words and not lexicon.action_verbs.at(words, 0) and not _known_kind(words, lexicon):
        doubts.append("unknown verb")
    if any("does not exist" in remark for remark in settled.remarks):
        doubts.append("impossible")
    if any("past" in remark for remark in settled.remarks):
        doubts.append("moved")
    if settled.conflicts:
        doubts.append("conflict")
    if settled.alternatives:
        doubts.append("ambiguous")
    return doubts


def remarks_on(doubts: Collection[str]) -> tuple[str, ...]:
    """Return the doubts a person can do something about, in words."""
    return tuple(_REMARKS[doubt] for doubt in doubts if doubt in _REMARKS)


def confidence(doubts: Collection[str], *, sureness: float) -> float:
    """Return how likely the reading is right, in [0, 1].

    ``sureness`` is that of the intent.
    """
    product = _SURE
    for doubt in doubts:
        product *= _DOUBTS[doubt]
    return calibrated(product * (0.8 + 0.2 * sureness))


def calibrated(product: float) -> float:
    """Return the share of right readings among those with such a product of factors."""
    for (low, below), (high, above) in pairwise(_CALIBRATION):
        if product <= high:
            share = below + (above - below) * (product - low) / (high - low)
            return round(share, 3)
    return _CALIBRATION[-1][1]


def _known_kind(words: Sequence[Token], lexicon: Lexicon) -> bool:
    known = (lexicon.durations, lexicon.domains)
    return any(next(phrases.within(words), None) is not None for phrases in known)


def _is_vague(words: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether nothing is left once the verb and the words that name nothing are gone."""
    verb = lexicon.action_verbs.at(words, 0)
    rest = words[verb.end if verb else 0 :]
    if not rest:
        return False
    named = set(range(len(rest)))
    for match in lexicon.vague.within(rest):
        named.difference_update(range(match.start, match.end))
    return all(rest[place].norm in lexicon.sets["confidence_linking"] for place in named)
