"""Composition of memory: apart, because only what remembers loads a model for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen

from donna_adapters.compose.build import Composed
from donna_adapters.compose.vault import Notes, marks_of, notes_of, vault_reader, vault_root
from donna_adapters.sql.sqlite import SqliteDatabase
from donna_adapters.sql.stores.memory import SqlMemoryStore
from donna_adapters.sql.stores.memory_readings import SqlReadings
from donna_core.domain.errors import ConfigError
from donna_core.domain.ids import UserId
from donna_core.local.clock import SystemClock
from donna_core.local.settings import MemoryFile
from donna_memory.embeddings.elsewhere import Elsewhere
from donna_memory.errors import WeightsMissing
from donna_memory.exact import ExactIndex
from donna_memory.junk import JunkCount, JunkReport
from donna_memory.paging import pages_of
from donna_memory.ports import Embedder, MemoryCatalog, MemoryStore
from donna_memory.reading import TASK_TYPE, StatementReader
from donna_memory.reduced import ReducedIndex
from donna_memory.retrieval import RetrievalRules
from donna_memory.sources.chat import ChatSource
from donna_memory.sources.corrections import CorrectionSource
from donna_memory.sources.progress import Tell, untold
from donna_memory.sources.tasks import TaskSource
from donna_memory.sources.vault import VaultSource


@frozen(kw_only=True)
class Memory:
    """A memory, and where it reads on.

    ``reader`` has a model tell what is stated, where one is named for that; ``problem`` is why
    there is no ``embedder`` where there should be one.
    """

    store: MemoryStore
    catalog: MemoryCatalog
    tasks: TaskSource
    corrections: CorrectionSource
    chat: ChatSource
    vault: VaultSource | None
    reader: StatementReader | None = None
    embedder: Embedder | None = None
    problem: str = ""

    async def follow(self, tell: Tell = untold) -> int:
        """Read the log on for tasks, corrections and talk; return how many were looked at."""
        sources = (self.tasks, self.corrections, self.chat)
        return sum([await source.follow(tell) for source in sources])

    @property
    def without_meaning(self) -> str:
        """Why it goes by words alone; empty where it does not."""
        away = self.embedder.trouble if isinstance(self.embedder, Elsewhere) else ""
        return self.problem or away


def open_memory(composed: Composed, *, user_id: UserId | None = None, once: bool = False) -> Memory:
    """Return the memory in the database of a composed Donna: her owner's, or another user's.

    ``once`` says that at most one search will follow.
    """
    settings = composed.home.settings.memory
    embedder, problem = embedder_of(settings)
    runtime, user_id = composed.runtime, user_id or composed.runtime.user_id
    unit_of_work = composed.database.unit_of_work(user_id)
    store = SqlMemoryStore(
        composed.database,
        clock=runtime.clock,
        embedder=embedder,
        rules=RetrievalRules(
            default_k=settings.retrieval.default_k,
            max_k=settings.retrieval.max_k,
            min_score=settings.retrieval.min_score,
        ),
        index=ExactIndex if settings.retrieval.index == "memory" else ReducedIndex,
        compares=_database_compares(composed, once=once),
    )
    return Memory(
        store=store,
        catalog=store,
        tasks=TaskSource(unit_of_work=unit_of_work, store=store, user_id=user_id),
        corrections=CorrectionSource(
            unit_of_work=unit_of_work, store=store, catalog=store, user_id=user_id
        ),
        chat=ChatSource(
            unit_of_work=unit_of_work,
            store=store,
            catalog=store,
            user_id=user_id,
            zone=runtime.policy.zone,
        ),
        vault=_vault(composed, store, user_id),
        reader=_reader(composed, user_id),
        embedder=embedder,
        problem=problem,
    )


def open_notes(composed: Composed, memory: Memory) -> Notes | None:
    """Return what writes notes from this memory, or ``None`` where Donna may write nowhere.

    Raise ``ConfigError`` where the history would lie within the vault.
    """
    return notes_of(composed, memory.store, memory.catalog)


async def junk_in(memory: Memory, user_id: UserId) -> JunkReport:
    """Return what share of the memory is junk, and why."""
    count = JunkCount()
    async for documents in pages_of(memory.catalog, user_id):
        count.add(documents)
    return count.report()


@contextmanager
def trial_memory(settings: MemoryFile, *, at: datetime) -> Iterator[tuple[MemoryStore, str]]:
    """Yield a memory to be measured and thrown away, and why it goes by words if it does.

    It is always ``at`` there, so that what is measured does not change with the day.
    """
    embedder, problem = embedder_of(settings)
    rules = RetrievalRules(max_k=64, min_score=0.0)
    with (
        TemporaryDirectory(prefix="donna-memory-") as folder,
        SqliteDatabase.open(Path(folder) / "trial.db") as database,
    ):
        clock = SystemClock(wall=lambda: at)
        yield SqlMemoryStore(database, clock=clock, embedder=embedder, rules=rules), problem


def _reader(composed: Composed, user_id: UserId) -> StatementReader | None:
    if not composed.home.settings.donna_models.asks_model_for(TASK_TYPE):
        return None
    runtime = composed.runtime
    return StatementReader(
        readings=SqlReadings(composed.database, clock=runtime.clock),
        language_model=runtime.language_model,
        user_id=user_id,
        clock=runtime.clock,
    )


def _database_compares(composed: Composed, *, once: bool) -> bool:
    """Return whether the database compares vectors.

    A file does so without any preparation, a server has to make a graph of them first.
    """
    asked = composed.home.settings.memory.retrieval.index
    if asked == "auto":
        return once and isinstance(composed.database, SqliteDatabase)
    return asked == "database"


def _vault(composed: Composed, store: SqlMemoryStore, user_id: UserId) -> VaultSource | None:
    root = vault_root(composed)
    if root is None:
        return None
    return VaultSource(
        reader=vault_reader(composed, root),
        store=store,
        catalog=store,
        marks=marks_of(composed),
        user_id=user_id,
        ignore=composed.home.settings.memory.vault.ignore_globs,
        zone=composed.runtime.policy.zone,
    )


def _embedder_named(provider: str) -> Embedder:
    """Return the embedder that a function of the owner's makes, named ``module:function``."""
    module, _, name = provider.partition(":")
    try:
        made: Embedder = getattr(import_module(module), name)()
    except (ImportError, AttributeError, TypeError) as error:
        raise ConfigError(
            f"'{provider}' names no embedder: {error}",
            where="memory.yaml: embedding.provider",
            remedy="Install its package beside Donna, or say minilm-l6-v2 or none",
        ) from error
    if Embedder not in type(made).__mro__:
        raise ConfigError(
            f"'{provider}' gives {type(made).__name__}, which is no donna_memory.ports.Embedder",
            where="memory.yaml: embedding.provider",
            remedy="Have the function return an object of a class derived from it",
        )
    return made


def embedder_of(settings: MemoryFile) -> tuple[Embedder | None, str]:
    """Return what turns texts into vectors, or ``None`` and why there is nothing that does."""
    provider = settings.embedding.provider
    if provider == "none":
        return None, ""
    if ":" in provider:
        return Elsewhere(_embedder_named(provider)), ""
    from donna_memory.embeddings.minilm import MiniLMEmbedder, weights_folder  # noqa: PLC0415  # an extra

    named = settings.embedding.weights
    try:
        return MiniLMEmbedder(weights_folder(Path(named).expanduser() if named else None)), ""
    except WeightsMissing as error:
        return None, str(error)
