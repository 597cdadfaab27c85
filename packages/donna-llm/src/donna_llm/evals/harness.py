"""Asking a model the fixtures, one after the other, from the lowest tier up.

A tier below its gate ends the climb: a model that fails the simple is not asked the hard. One
that answers nothing five times in a row is not asked the rest of that file. Whatever was answered
is kept, also when somebody stops the run.
"""

import asyncio
import json
import os
import platform
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import define, evolve, field, frozen

from donna_core.domain.errors import DonnaError, ModelUnavailable
from donna_core.ports.clock import Clock
from donna_core.ports.ids import IdSource
from donna_core.ports.language_model import LanguageModel, ModelReply, ModelRequest
from donna_core.testing.evaluation import Answer, Case, Suite, graded
from donna_llm.evals.dimensions import QUESTIONS, measures
from donna_llm.evals.fixtures import Plan, digest
from donna_llm.evals.sessions import CaseResult, Session, SuiteResult

CALLER = "evaluation"
GIVE_UP = 5
NO_ANSWER = "no answer five times in a row"


@frozen(kw_only=True)
class Subject:
    """Who is evaluated: ``name`` is ``provider/model``, ``alias`` how the gateway knows it.

    ``assess`` is told of every call in the log whether its answer was right, so that confidence
    can be held against the truth.
    """

    name: str
    model: LanguageModel
    alias: str | None = None
    assess: Callable[[str, bool], Awaitable[object]] | None = None


@frozen(kw_only=True)
class Progress:
    """How far a run is: ``done`` of ``count`` cases, and the file that is asked now."""

    path: str
    done: int
    count: int


@define(kw_only=True)
class Harness:
    """Runs evaluations. ``told`` hears of every case, ``save`` keeps every state of a session."""

    clock: Clock
    ids: IdSource
    save: Callable[[Session], object]
    told: Callable[[Progress], None] = field(default=lambda _: None)

    async def run(self, subject: Subject, plan: Plan, *, hardware: Mapping[str, str]) -> Session:
        """Ask the plan and return the session, which is saved already.

        When money or the caller stops the run, the session is saved as incomplete, and what
        stopped it is raised.
        """
        now = self.clock.now()
        session = Session(
            id=_name(subject, plan, now.strftime("%Y%m%d-%H%M%S"), self.ids.new()),
            model=subject.name,
            model_actual=subject.name,
            task_type=plan.task_type,
            started_at=now,
            finished_at=now,
            hardware=dict(hardware),
            fixtures=plan.folder,
            suites=(),
            complete=False,
        )
        climb = _Climb(subject=subject, plan=plan, session=session, harness=self)
        try:
            await climb.whole()
        except (DonnaError, asyncio.CancelledError) as error:
            climb.note = str(error) or "stopped"
            raise
        finally:
            climb.keep()
        return climb.session


@define(kw_only=True)
class _Climb:
    """One run under way."""

    subject: Subject
    plan: Plan
    session: Session
    harness: Harness
    note: str = ""
    done: int = 0
    answered: list[tuple[Suite, Answer]] = field(factory=list)
    under_way: SuiteResult | None = None

    async def whole(self) -> None:
        failed = ""
        for suite in self.plan.tiers:
            if failed:
                self._add(evolve(_empty(suite), skipped=failed))
                continue
            result = await self._suite(suite)
            if result.reaches_gate is False:
                failed = f"tier {suite.tier} is below its gate"
        for suite in (*self.plan.beside, *self.plan.dimensions):
            await self._suite(suite)
        self.session = evolve(self.session, complete=True)

    def keep(self) -> None:
        """Save the session as it stands, a file under way included."""
        suites = self.session.suites
        if self.under_way is not None and self.under_way.cases:
            suites = (*suites, evolve(self.under_way, skipped="stopped in the middle"))
        self.session = evolve(
            self.session,
            suites=suites,
            finished_at=self.harness.clock.now(),
            measures=measures(self.answered),
            note=self.note,
        )
        self.harness.save(self.session)

    def _add(self, result: SuiteResult) -> None:
        self.under_way = None
        self.session = evolve(self.session, suites=(*self.session.suites, result))

    async def _suite(self, suite: Suite) -> SuiteResult:
        self.under_way, silent = _empty(suite), 0
        for case in suite.cases:
            if silent >= GIVE_UP:
                self.under_way = _with(self.under_way, _unasked(suite, case))
                continue
            result = await self._case(suite, case)
            silent = silent + 1 if result.output is None else 0
            self.under_way = _with(self.under_way, result)
            self.done += 1
            self.harness.told(Progress(path=suite.path, done=self.done, count=self.plan.count))
        finished = self.under_way
        self._add(finished)
        self.harness.save(self.session)
        return finished

    async def _case(self, suite: Suite, case: Case) -> CaseResult:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            reply = await self.subject.model.complete(self._request(suite, case))
        except ModelUnavailable as error:
            self.answered.append((suite, graded(suite, case, None)))
            return evolve(_unasked(suite, case), problem=error.problem)
        taken = 1000 * (loop.time() - began) - reply.metadata.queue_wait_ms
        answer = graded(suite, case, reply.output)
        self.answered.append((suite, answer))
        call = reply.metadata.invocation_id
        if self.subject.assess is not None and call is not None:
            await self.subject.assess(call, answer.passed)
        self.session = evolve(self.session, model_actual=reply.metadata.model_actual)
        return _result(suite, answer, reply, latency_ms=max(taken, 0.0))

    def _request(self, suite: Suite, case: Case) -> ModelRequest:
        own = QUESTIONS.get(suite.task_type)
        return ModelRequest(
            task_type=suite.task_type,
            inputs=case.input,
            prompt=None if own is None else own.prompt(case.input),
            schema=None if own is None else own.schema,
            model_alias=self.subject.alias,
            caller=CALLER,
            tags={"eval_session_id": self.session.id},
        )


async def describe_machine() -> Mapping[str, str]:
    """Return what this machine is, in words: processor, memory, graphics, system, Python."""
    facts = {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": _memory(),
        "graphics": await _graphics(),
        "system": f"{platform.system()} {platform.release()} ({platform.machine()})",
        "python": platform.python_version(),
    }
    return {name: value for name, value in facts.items() if value}


def _result(suite: Suite, answer: Answer, reply: ModelReply, *, latency_ms: float) -> CaseResult:
    said, told = reply.metadata, reply.output.get("confidence")
    return CaseResult(
        id=answer.case.id,
        digest=digest(suite, answer.case),
        passed=answer.passed,
        wrong=answer.wrong,
        latency_ms=round(latency_ms, 3),
        tokens_in=said.tokens_in,
        tokens_out=said.tokens_out,
        cost_usd=said.cost_usd,
        confidence=float(told) if isinstance(told, int | float) else None,
        output=_shown(answer.output),
    )


def _shown(output: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return an answer as JSON holds it."""
    plain: Mapping[str, Any] = json.loads(json.dumps(output, default=str))
    return plain


def _unasked(suite: Suite, case: Case) -> CaseResult:
    return CaseResult(
        id=case.id,
        digest=digest(suite, case),
        passed=False,
        wrong=tuple(case.expected),
        problem=NO_ANSWER,
    )


def _empty(suite: Suite) -> SuiteResult:
    return SuiteResult(
        path=suite.path,
        task_type=suite.task_type,
        tier=suite.tier,
        name=suite.name,
        gate=suite.pass_gate,
    )


def _with(result: SuiteResult, case: CaseResult) -> SuiteResult:
    return evolve(result, cases=(*result.cases, case))


def _name(subject: Subject, plan: Plan, moment: str, unique: str) -> str:
    """Return a session's name: when, what, who, and a few letters that no other one has."""
    who = "".join(each if each.isalnum() else "-" for each in subject.name)[:40].strip("-")
    return f"{moment}-{plan.task_type}-{who}-{unique.replace('-', '')[-4:]}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> str:
    if "SC_PHYS_PAGES" not in os.sysconf_names:
        return ""
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{size / 2**30:.0f} GiB"


async def _graphics() -> str:
    """Return the graphics cards that NVIDIA's tool lists, where it is installed."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ""
    query = ["--query-gpu=name,memory.total", "--format=csv,noheader"]
    process = await asyncio.create_subprocess_exec(
        tool, *query, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    told, _ = await process.communicate()
    return "; ".join(told.decode(errors="replace").split("\n")).strip("; ")
