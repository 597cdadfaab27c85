"""From memory to the wire; apart from ``donna_cli.wire``, because memory imports NumPy."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from attrs import frozen

from donna_cli import schema_memory as schema
from donna_memory.documents import Document, Hit, SourceType
from donna_memory.evaluation import SetScore
from donna_memory.junk import JunkReport
from donna_memory.ports import Written
from donna_memory.review import Review
from donna_memory.statements import Statement
from donna_memory.templates.writing import Drafted
from donna_memory.vault.writer import Undone


@frozen(kw_only=True)
class SourceDone:
    """What became of one source; ``unread`` names what could not be read."""

    source: str
    looked_at: int
    changed: int = 0
    renamed: int = 0
    deleted: int = 0
    unread: tuple[str, ...] = ()


TABLE, MEMORY_FILE = "table", "memory.yaml"


@frozen(kw_only=True)
class KeptLocal:
    """A note, or a pattern of notes, that its owner keeps on this machine; ``by`` says where."""

    path: str
    by: str
    since: datetime | None = None
    is_there: bool


def backfilled(done: Sequence[SourceDone], problems: Sequence[str]) -> schema.BackfilledObject:
    """Return what became of each source."""
    return schema.BackfilledObject(
        sources=[
            schema.SourceDoneObject(
                source=each.source,
                looked_at=each.looked_at,
                changed=each.changed,
                renamed=each.renamed,
                deleted=each.deleted,
            )
            for each in done
        ],
        problems=list(problems),
    )


def scores(found: Sequence[SetScore], *, without_meaning: str) -> schema.MemoryScoresObject:
    """Return how well memory finds what answers."""
    return schema.MemoryScoresObject(
        sets=[
            schema.SetScoreObject(
                name=each.name,
                questions=each.questions,
                recall={str(k): round(share, 4) for k, share in each.recall.items()},
                mean_reciprocal_rank=round(each.mean_reciprocal_rank, 4),
                stale_first=each.stale_first,
                junk=round(each.junk, 4),
            )
            for each in found
        ],
        without_meaning=without_meaning,
    )


def memory_hits(hits: Sequence[Hit], *, without_meaning: str) -> schema.MemoryHitsObject:
    """Return what a search found."""
    return schema.MemoryHitsObject(
        hits=[_hit(hit) for hit in hits], without_meaning=without_meaning
    )


def _hit(hit: Hit) -> schema.MemoryHitObject:
    return schema.MemoryHitObject(
        source=hit.source_type.value,
        id=hit.source_id,
        title=hit.title,
        uri=hit.uri,
        heading_path=list(hit.heading_path),
        text=hit.text,
        before=hit.before,
        after=hit.after,
        score=round(hit.score, 4),
        time=hit.time,
        session=hit.session,
        speaker=hit.speaker,
        labels=sorted(label.value for label in hit.labels),
        metadata=dict(hit.metadata),
    )


def beliefs(
    held: Sequence[Statement], hits: Sequence[Hit], *, at: datetime | None
) -> schema.BeliefsObject:
    """Return what is held to be true and what it rests on."""
    return schema.BeliefsObject(
        at=at, statements=[_statement(each) for each in held], hits=[_hit(hit) for hit in hits]
    )


def _statement(each: Statement) -> schema.StatementObject:
    return schema.StatementObject(
        subject=each.subject,
        attribute=each.attribute,
        value=each.value,
        source=each.source_type.value,
        id=each.source_id,
        valid_from=each.valid_from,
        valid_to=each.valid_to,
        learnt_at=each.learnt_at,
        told_by=each.told_by,
    )


def remembered(document: Document, statements: Sequence[Statement]) -> schema.RememberedObject:
    """Return a text with all that is kept of it."""
    return schema.RememberedObject(
        id=document.source_id,
        text=document.content,
        source=document.source_type.value,
        time=document.time,
        session=document.session,
        position=document.position,
        speaker=document.speaker,
        title=document.title,
        uri=document.uri,
        labels=sorted(label.value for label in document.labels),
        tags=sorted(document.tags),
        people=sorted(document.people),
        metadata=dict(document.metadata),
        statements=[_statement(each) for each in statements],
    )


def exported(texts: int, path: Path) -> schema.ExportedObject:
    """Return how much was written, and where."""
    return schema.ExportedObject(texts=texts, path=str(path))


def junk_report(report: JunkReport, reviewed: Review | None) -> schema.JunkReportObject:
    """Return what share is junk, and why, and what the latest night's look found."""
    return schema.JunkReportObject(
        texts=report.documents,
        junk=report.junk,
        share=round(report.share, 4),
        reviewed_at=None if reviewed is None else reviewed.at,
        reviewed_share=None if reviewed is None else round(reviewed.share, 4),
        reasons=[
            schema.JunkReasonObject(
                reason=reason.value,
                texts=count,
                examples=[f"{kind.value} {name}" for kind, name in report.examples[reason]],
            )
            for reason, count in report.by_reason.items()
        ],
    )


def found(hits: Sequence[Hit]) -> schema.FoundObject:
    """Return the answer to a line of queries: each id once, with its best score."""
    best: dict[str, float] = {}
    for hit in hits:
        best.setdefault(hit.source_id, round(hit.score, 6))
    results = [schema.FoundIdObject(id=name, score=score) for name, score in best.items()]
    return schema.FoundObject(results=results)


def ingested(
    before: schema.IngestedObject, done: Written, *, without_meaning: str
) -> schema.IngestedObject:
    """Return what became of all texts up to these."""
    return schema.IngestedObject(
        changed=before.changed + done.changed,
        unchanged=before.unchanged + done.unchanged,
        embedded=before.embedded + done.embedded,
        without_meaning=without_meaning,
    )


def forgotten(source: SourceType, source_id: str, *, dry_run: bool) -> schema.ForgottenObject:
    """Return what was erased."""
    return schema.ForgottenObject(source=source.value, id=source_id, dry_run=dry_run)


def drafted(done: Drafted) -> schema.DraftedObject:
    """Return what became of a note."""
    return schema.DraftedObject(
        outcome=done.outcome.value,
        path=done.path,
        text=done.text,
        commit=done.commit,
        model=done.model,
        stubs=list(done.stubs),
    )


def taken_back(done: Undone) -> schema.TakenBackObject:
    """Return what was taken back."""
    return schema.TakenBackObject(commits=list(done.commits), left=list(done.left))


def marked(paths: Sequence[str], already: Sequence[str], *, dry_run: bool) -> schema.MarkedObject:
    """Return which notes were marked, and which had been before."""
    return schema.MarkedObject(marked=list(paths), already=list(already), dry_run=dry_run)


def unmarked(
    paths: Sequence[str], still_local: Sequence[str], *, dry_run: bool
) -> schema.UnmarkedObject:
    """Return which marks were taken away, and what stays local even so."""
    return schema.UnmarkedObject(
        unmarked=list(paths), still_local=list(still_local), dry_run=dry_run
    )


def marks(found: Sequence[KeptLocal]) -> schema.MarksObject:
    """Return which notes stay on this machine."""
    return schema.MarksObject(
        marks=[
            schema.KeptLocalObject(
                path=each.path, by=each.by, since=each.since, is_there=each.is_there
            )
            for each in found
        ]
    )
