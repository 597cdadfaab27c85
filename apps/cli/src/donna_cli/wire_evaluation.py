"""From evaluations to the wire."""

from collections.abc import Iterable

from donna_cli import schema_evaluation as schema
from donna_llm.evals.comparing import Comparison, Interval, Pairs
from donna_llm.evals.report import verdict
from donna_llm.evals.sessions import CaseResult, Session, SuiteResult


def evaluations(several: Iterable[Session]) -> schema.SessionListObject:
    """Return sessions without their cases."""
    return schema.SessionListObject(
        sessions=[evaluation(session, with_cases=False) for session in several]
    )


def evaluation(session: Session, *, with_cases: bool = True) -> schema.SessionObject:
    """Return one session."""
    return schema.SessionObject(
        id=session.id,
        model=session.model,
        model_actual=session.model_actual,
        task_type=session.task_type,
        started_at=session.started_at,
        finished_at=session.finished_at,
        complete=session.complete,
        note=session.note,
        fixtures=session.fixtures,
        hardware=dict(session.hardware),
        passed=session.passed,
        asked=session.count,
        latency_ms=session.latency_ms,
        cost_usd=str(session.cost_usd),
        confidence_error=session.confidence_error,
        suites=[_suite(suite, with_cases=with_cases) for suite in session.suites],
        measures=[
            schema.MeasureObject(
                name=measure.name,
                value=measure.value,
                of=measure.of,
                goal=measure.goal,
                below=measure.below,
                reached=measure.reached,
            )
            for measure in session.measures
        ],
    )


def comparison(compared: Comparison) -> schema.ComparisonObject:
    """Return how two sessions differ."""
    return schema.ComparisonObject(
        a=compared.first.id,
        b=compared.second.id,
        pairs=_pairs(None, compared.pairs),
        accuracy=_interval(compared.accuracy),
        latency_ms=None if compared.latency_ms is None else _interval(compared.latency_ms),
        cost_usd=[str(cost) for cost in compared.cost_usd],
        suites=[_pairs(each.path, each.pairs) for each in compared.suites],
        gained=list(compared.gained),
        lost=list(compared.lost),
        alone=compared.alone,
        verdict=verdict(compared),
    )


def _suite(suite: SuiteResult, *, with_cases: bool) -> schema.SuiteObject:
    return schema.SuiteObject(
        path=suite.path,
        task_type=suite.task_type,
        tier=suite.tier,
        name=suite.name,
        gate=suite.gate,
        reaches_gate=suite.reaches_gate,
        rate=suite.rate,
        passed=suite.passed,
        asked=len(suite.cases),
        latency_ms=suite.latency_ms,
        cost_usd=str(suite.cost_usd),
        skipped=suite.skipped,
        cases=[_case(case) for case in suite.cases] if with_cases else [],
    )


def _case(case: CaseResult) -> schema.CaseObject:
    return schema.CaseObject(
        id=case.id,
        digest=case.digest,
        passed=case.passed,
        wrong=list(case.wrong),
        latency_ms=case.latency_ms,
        tokens_in=case.tokens_in,
        tokens_out=case.tokens_out,
        cost_usd=str(case.cost_usd),
        confidence=case.confidence,
        output=None if case.output is None else dict(case.output),
        problem=case.problem,
    )


def _interval(found: Interval) -> schema.IntervalObject:
    return schema.IntervalObject(difference=found.difference, low=found.low, high=found.high)


def _pairs(path: str | None, pairs: Pairs) -> schema.PairsObject:
    return schema.PairsObject(
        path=path,
        both=pairs.both,
        first=pairs.first,
        second=pairs.second,
        neither=pairs.neither,
        p_value=pairs.p_value,
        noise=pairs.is_noise,
    )
