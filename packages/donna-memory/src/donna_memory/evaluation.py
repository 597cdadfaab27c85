"""How well memory finds what answers a question: recall, rank, and whether what was true stays out.

A folder of labelled sets holds conversations (``dialogues/NAME.txt`` with
``NAME.questions.yaml``) and a home (``home/`` with a vault, turns, tasks and questions).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from attrs import evolve, field, frozen

from donna_core.domain.errors import ConfigError
from donna_core.domain.ids import UserId
from donna_memory.documents import Document, SourceType
from donna_memory.junk import JunkCount
from donna_memory.ports import MemoryStore
from donna_memory.sources.vault import document_of
from donna_memory.vault.reader import VaultReader

DEPTH = 10
_AFTER = timedelta(days=1)


@frozen(kw_only=True)
class Question:
    """A question, the ids that answer it, and those that used to."""

    text: str
    answers: frozenset[str]
    stale: frozenset[str] = frozenset()


@frozen(kw_only=True)
class LabelledSet:
    """Documents of one owner, and questions about them."""

    name: str
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]

    @property
    def asked_at(self) -> datetime:
        """When the questions are asked: after the last that was said, whenever it is measured."""
        return max(each.time for each in self.documents if each.time is not None) + _AFTER


@frozen(kw_only=True)
class SetScore:
    """What was found, as shares of 1; ``stale_first`` counts outdated answers at the top.

    Recall is the share of a question's answers among the first k, averaged over the questions;
    ``mean_reciprocal_rank`` is that of the first answer within ten; ``junk`` is the share of the
    documents that are of no use, see ``donna_memory.junk``.
    """

    name: str
    questions: int
    recall: Mapping[int, float] = field(factory=dict)
    mean_reciprocal_rank: float = 0.0
    stale_first: int = 0
    junk: float = 0.0


async def evaluate(store: MemoryStore, labelled: LabelledSet) -> SetScore:
    """Keep the documents, ask the questions and return the score."""
    await store.upsert_many(labelled.documents)
    owner = UserId(labelled.name)
    recall = dict.fromkeys((1, 5, DEPTH), 0.0)
    ranks, stale_first = 0.0, 0
    for question in labelled.questions:
        hits = await store.search(question.text, user_id=owner, k=DEPTH * 2)
        found = [*dict.fromkeys(hit.source_id for hit in hits)][:DEPTH]
        for k in recall:
            recall[k] += len(question.answers & {*found[:k]}) / len(question.answers)
        first = next((rank for rank, name in enumerate(found, 1) if name in question.answers), 0)
        ranks += 1 / first if first else 0.0
        stale_first += bool(found and found[0] in question.stale)
    count, junk = len(labelled.questions), JunkCount()
    junk.add(labelled.documents)
    return SetScore(
        name=labelled.name,
        questions=count,
        recall={k: total / count for k, total in recall.items()},
        mean_reciprocal_rank=ranks / count,
        stale_first=stale_first,
        junk=junk.report().share,
    )


def load_sets(folder: Path) -> tuple[LabelledSet, ...]:
    """Return the labelled sets of a folder, by name; raise ``ConfigError`` for one that is none."""
    dialogues = sorted((folder / "dialogues").glob("*.txt"))
    sets = [_dialogue(path) for path in dialogues]
    if (folder / "home").is_dir():
        sets.append(_home(folder / "home"))
    if not sets:
        raise ConfigError(
            "holds no labelled sets",
            where=str(folder),
            remedy="Name a folder with dialogues/ or home/ in it, as fixtures/memory has them",
        )
    return tuple(sets)


def _dialogue(path: Path) -> LabelledSet:
    """Return a conversation: ``# SESSION TIME`` opens a session, ``Name: words`` is a turn."""
    documents: list[Document] = []
    session, time, position = "", datetime.min.replace(tzinfo=UTC), 0
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("# "):
            try:
                _, session, said = line.split()
                time, position = datetime.fromisoformat(said).replace(tzinfo=UTC), 0
            except ValueError as error:
                raise _bad(path, number, "is no '# SESSION TIME'") from error
            continue
        speaker, colon, text = line.partition(": ")
        if not colon:
            raise _bad(path, number, "is no 'Name: words'")
        position += 1
        documents.append(
            Document(
                user_id=UserId(path.stem),
                source_type=SourceType.CHAT,
                source_id=f"{session}:{position}",
                content=text,
                session=session,
                position=position,
                speaker=speaker,
                time=time,
            )
        )
    asked = path.with_suffix(".questions.yaml")
    questions = [
        Question(
            text=row["q"],
            answers=frozenset(_turn(documents, words, asked) for words in row["a"]),
            stale=frozenset(_turn(documents, words, asked) for words in row.get("stale", ())),
        )
        for row in _rows(asked)
    ]
    return LabelledSet(name=path.stem, documents=tuple(documents), questions=tuple(questions))


def _turn(documents: Sequence[Document], words: str, path: Path) -> str:
    """Return the one turn that holds these words."""
    found = [document.source_id for document in documents if words in document.content]
    if len(found) != 1:
        raise _bad(path, 1, f"'{words}' stands in {len(found)} turns, not in one")
    return found[0]


def _home(folder: Path) -> LabelledSet:
    owner = UserId(folder.name)
    reader = VaultReader(folder / "vault")
    turns = [*_lines(folder / "turns.jsonl", owner, SourceType.CHAT)]
    tasks = [*_lines(folder / "tasks.jsonl", owner, SourceType.TASK)]
    # A checkout gives the files times of its own: the notes are taken as they stand at the end.
    end = max(each.time for each in (*turns, *tasks) if each.time is not None)
    notes = [evolve(document_of(reader.read(path), owner), time=end) for path in reader.list()]
    questions = [
        Question(text=row["q"], answers=frozenset(row["a"]), stale=frozenset(row.get("stale", ())))
        for row in _rows(folder / "questions.yaml")
    ]
    return LabelledSet(
        name=folder.name, documents=(*notes, *turns, *tasks), questions=tuple(questions)
    )


def _lines(path: Path, owner: UserId, source: SourceType) -> Iterator[Document]:
    positions: dict[str, int] = {}
    for line in path.read_text().splitlines():
        row = json.loads(line)
        session = row.get("session", "")
        positions[session] = positions.get(session, 0) + 1
        title, _, rest = row["text"].partition("\n")
        is_task = source is SourceType.TASK
        yield Document(
            user_id=owner,
            source_type=source,
            source_id=row["id"],
            title=title if is_task else "",
            content=rest if is_task else row["text"],
            session=session,
            position=positions[session] if session else 0,
            speaker=row.get("speaker", ""),
            time=datetime.fromisoformat(row["time"]),
        )


def _rows(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text())
    return rows


def _bad(path: Path, line: int, problem: str) -> ConfigError:
    return ConfigError(
        problem, where=f"{path}:{line}", remedy="fixtures/memory/README.md shows the form"
    )
