"""What ``--json`` prints of memory."""

from typing import Any

from donna_cli.wire_object import Instant, Wire


class MemoryHitObject(Wire):
    """A text that answers: where it came from, its labels, and a score of 0 to 1.

    ``before`` is the question that a turn of a conversation answers, ``after`` the answer to one
    that asks.
    """

    source: str
    id: str
    title: str
    uri: str
    heading_path: list[str]
    text: str
    before: str
    after: str
    score: float
    time: Instant | None
    session: str
    speaker: str
    labels: list[str]
    metadata: dict[str, Any]


class MemoryHitsObject(Wire):
    """What was found; ``without_meaning`` says why recall went by words alone, if it did."""

    hits: list[MemoryHitObject]
    without_meaning: str


class FoundIdObject(Wire):
    """The id of a text, as it was ingested, and its score."""

    id: str
    score: float


class FoundObject(Wire):
    """An answer to one line of queries."""

    results: list[FoundIdObject]


class IngestedObject(Wire):
    """What became of the texts, and how many pieces of them were embedded."""

    changed: int
    unchanged: int
    embedded: int
    without_meaning: str


class SourceDoneObject(Wire):
    """What became of one source; of tasks only how many were looked at."""

    source: str
    looked_at: int
    changed: int
    renamed: int
    deleted: int


class BackfilledObject(Wire):
    """What was remembered anew, and what stood in the way."""

    sources: list[SourceDoneObject]
    problems: list[str]


class SetScoreObject(Wire):
    """How well one labelled set is found: recall by how many hits are looked at.

    ``stale_first`` counts questions whose first hit used to be true; ``junk`` is the share of the
    texts that are of no use.
    """

    name: str
    questions: int
    recall: dict[str, float]
    mean_reciprocal_rank: float
    stale_first: int
    junk: float


class MemoryScoresObject(Wire):
    """How well memory finds what answers a question."""

    sets: list[SetScoreObject]
    without_meaning: str


class ForgottenObject(Wire):
    """A source that was erased from memory, or would be."""

    source: str
    id: str
    dry_run: bool


class StatementObject(Wire):
    """What was said of an attribute of something; it holds still where ``valid_to`` is null.

    ``told_by`` is the model that read it in a sentence; it is empty where a rule did.
    """

    subject: str
    attribute: str
    value: str
    source: str
    id: str
    valid_from: Instant
    valid_to: Instant | None
    learnt_at: Instant
    told_by: str


class BeliefsObject(Wire):
    """What is held to be true, or was ``at`` that instant, and the texts that come closest."""

    at: Instant | None
    statements: list[StatementObject]
    hits: list[MemoryHitObject]


class RememberedObject(Wire):
    """A text with all that is kept of it, as ``donna memory ingest`` takes it back."""

    id: str
    text: str
    source: str
    time: Instant | None
    session: str
    position: int
    speaker: str
    title: str
    uri: str
    labels: list[str]
    tags: list[str]
    people: list[str]
    metadata: dict[str, Any]
    statements: list[StatementObject]


class ExportedObject(Wire):
    """How many texts were written, and where."""

    texts: int
    path: str


class JunkReasonObject(Wire):
    """How many texts are junk for a reason, and some of them as ``source id``."""

    reason: str
    texts: int
    examples: list[str]


class JunkReportObject(Wire):
    """What share of all texts is junk, and why.

    ``reviewed_at`` is when ``donna run`` looked last, and ``reviewed_share`` what it found.
    """

    texts: int
    junk: int
    share: float
    reviewed_at: Instant | None
    reviewed_share: float | None
    reasons: list[JunkReasonObject]


class DraftedObject(Wire):
    """What became of a note: written, previewed, skipped because it was written before, or kept.

    One that is kept holds what somebody else wrote. ``model`` is who added to it, if any did;
    ``stubs`` are the notes about people that were begun for it.
    """

    outcome: str
    path: str
    text: str
    commit: str
    model: str
    stubs: list[str]


class TakenBackObject(Wire):
    """Which of Donna's changes were taken back, and the notes that were left alone.

    Those had changed since, or are marked as their owner's.
    """

    commits: list[str]
    left: list[str]


class MarkedObject(Wire):
    """Which notes are their owner's alone from now on, and which were so already."""

    marked: list[str]
    already: list[str]
    dry_run: bool


class UnmarkedObject(Wire):
    """Which marks were taken away; ``still_local`` are notes that stay on this machine even so.

    They do where memory.yaml or the note itself says so.
    """

    unmarked: list[str]
    still_local: list[str]
    dry_run: bool


class KeptLocalObject(Wire):
    """A note that is its owner's alone, or a pattern of such paths.

    ``by`` is ``table`` or ``memory.yaml``; ``since`` is null for the latter. ``is_there`` says
    whether there is such a note now.
    """

    path: str
    by: str
    since: Instant | None
    is_there: bool


class MarksObject(Wire):
    """The notes that are their owner's alone, but for those that say so themselves."""

    marks: list[KeptLocalObject]


PRINTED_BY: dict[str, type[Wire]] = {
    "donna memory search": MemoryHitsObject,
    "donna memory search --jsonl": FoundObject,
    "donna memory ingest": IngestedObject,
    "donna memory backfill": BackfilledObject,
    "donna memory eval": MemoryScoresObject,
    "donna memory forget": ForgottenObject,
    "donna memory why": BeliefsObject,
    "donna vault write": DraftedObject,
    "donna vault undo": TakenBackObject,
    "donna vault mark": MarkedObject,
    "donna vault unmark": UnmarkedObject,
    "donna vault marks": MarksObject,
    "donna memory report": JunkReportObject,
    "donna memory export": RememberedObject,
    "donna memory export --to": ExportedObject,
}
