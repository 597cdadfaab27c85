"""Composition: forty lines in which every port gets its adapter."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from zoneinfo import ZoneInfo

from attrs import frozen

from donna_adapters.compose.calendars import calendars_of
from donna_adapters.compose.settings import OWNER, Home, Options, find_home
from donna_adapters.console.notifier import ConsoleNotifier
from donna_adapters.ortools.cpsat import CpSatSolver, is_installed
from donna_adapters.sql.database import Database
from donna_adapters.sql.opening import open_database
from donna_core.domain.errors import ConfigError
from donna_core.domain.timing.zones import UnknownZone, zone_named
from donna_core.local.clock import SystemClock
from donna_core.local.household import policy_from
from donna_core.local.ids import UuidSource
from donna_core.local.rules_model import RulesModel
from donna_core.local.solver import SearchingSolver
from donna_core.ports.clock import Clock
from donna_core.ports.ids import IdSource
from donna_core.ports.language_model import LanguageModel, ModelHealth
from donna_core.ports.solver import Solver
from donna_core.usecases.runtime import Runtime


@frozen(kw_only=True)
class Composed:
    """A running Donna and where she lives; ``probe_models`` spends nothing."""

    runtime: Runtime
    home: Home
    database: Database
    probe_models: Callable[[], Awaitable[tuple[ModelHealth, ...]]]


@asynccontextmanager
async def open_runtime(
    options: Options, *, clock: Clock | None = None, ids: IdSource | None = None
) -> AsyncIterator[Composed]:
    """Open the database and yield the composed runtime; close it all on the way out.

    ``clock`` and ``ids`` stand in for the system's own, as in the demo. Raise
    ``StorageUnavailable``, ``SchemaTooNew`` or ``ConfigError``.
    """
    home = find_home(options)
    zone = _zone_of(home)
    policy = policy_from(home.settings, zone=zone)
    own_calendar, calendars = calendars_of(home, zone)
    now, names = clock or SystemClock(), ids or UuidSource()
    rules = RulesModel(policy.lexicon, priorities=policy.priorities, text_limit=policy.text_limit)
    model: LanguageModel = rules
    probe = _no_models
    async with AsyncExitStack() as stack:
        database = open_database(path=home.place.database, url=home.place.database_url)
        stack.callback(database.close)
        unit_of_work = database.unit_of_work(OWNER)
        if home.settings.donna_models.asks_models:
            # Templates and schemas cost a second of importing: only who asks models waits for it.
            gateway = import_module("donna_adapters.compose.models").make_gateway(
                home,
                rules,
                zone=zone,
                unit_of_work=unit_of_work,
                clock=now,
                ids=names,
                environment=options.environment,
            )
            stack.push_async_callback(gateway.close)
            model, probe = gateway, gateway.probe
        yield Composed(
            runtime=Runtime(
                user_id=OWNER,
                policy=policy,
                clock=now,
                ids=names,
                unit_of_work=unit_of_work,
                language_model=model,
                calendars=calendars,
                own_calendar=own_calendar,
                notifier=ConsoleNotifier(options.output, clock=now, zone=zone),
                solver=_solver(home.settings.calendar.planning.solver),
            ),
            home=home,
            database=database,
            probe_models=probe,
        )


async def _no_models() -> tuple[ModelHealth, ...]:
    return ()


def _zone_of(home: Home) -> ZoneInfo:
    try:
        return zone_named(home.zone)
    except UnknownZone as error:
        raise ConfigError(
            str(error), where="calendar.yaml: timezone", remedy="`donna config set` changes it"
        ) from error


def _solver(wanted: str) -> Solver:
    """Return the solver that is asked for; ``auto`` is the exact one where it is installed."""
    exact = wanted == "cp-sat" or (wanted == "auto" and is_installed())
    return CpSatSolver() if exact else SearchingSolver()
