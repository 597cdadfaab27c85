"""A session and a comparison in words: lines to read, and rows under named columns."""

from collections.abc import Iterable, Iterator

from attrs import frozen

from donna_core.domain.wording import Line, Tone
from donna_llm.evals.comparing import Comparison, Interval, Pairs, wilson
from donna_llm.evals.dimensions import Measure
from donna_llm.evals.sessions import Session, SuiteResult


@frozen(kw_only=True)
class Table:
    """Rows under named columns; the column called ``wide`` may be the widest."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: str


Part = Line | Table


def session_report(session: Session) -> Iterator[Part]:
    """Tell what came of an evaluation."""
    yield Line(f"{session.model}, {session.task_type}", Tone.HEADING)
    yield Line(_where(session), Tone.QUIET)
    if not session.complete:
        yield Line(f"Incomplete: {session.note}", Tone.WARNING)
    yield Table(
        columns=("Fixtures", "Passed", "95 % sure", "Gate", "Median", "Tokens", "Cost"),
        rows=tuple(_suite_row(suite) for suite in session.suites),
        wide="Fixtures",
    )
    if session.measures:
        yield Table(
            columns=("Dimension", "Share", "Goal", "Reached", "Of"),
            rows=tuple(_measure_row(measure) for measure in session.measures),
            wide="Dimension",
        )
    if session.confidence_error is not None:
        off = 100 * session.confidence_error
        yield Line(f"Its confidence is off by {off:.1f} points (expected calibration error).")
    yield from (Line(text, Tone.WARNING) for text in remarks(session))


def sessions_report(sessions: Iterable[Session]) -> Iterator[Part]:
    """List sessions with the numbers they are found by."""
    rows = tuple(_session_row(number, each) for number, each in enumerate(sessions, start=1))
    if not rows:
        yield Line("No evaluation so far. `donna eval --task-type parse_task` makes one.")
        return
    yield Table(
        columns=("No", "When", "Model", "Task type", "Tiers", "Passed", "Median", "Cost"),
        rows=rows,
        wide="Model",
    )


def comparison_report(compared: Comparison) -> Iterator[Part]:
    """Tell how the second session differs from the first, and whether that is more than noise."""
    first, second = compared.first, compared.second
    yield Line(f"{first.model} and {second.model}, {first.task_type}", Tone.HEADING)
    yield Line(f"A is {first.id}, B is {second.id}.", Tone.QUIET)
    yield Line(verdict(compared), Tone.PLAIN if compared.pairs.is_noise else Tone.GOOD)
    yield Table(
        columns=("Fixtures", "Cases", "A", "B", "Only A", "Only B", "p", "Verdict"),
        rows=tuple(_pairs_row(each.path, each.pairs) for each in compared.suites),
        wide="Fixtures",
    )
    yield Line(_slower(compared.latency_ms))
    a, b = compared.cost_usd
    yield Line(f"Cost of these cases: A ${a:.4f}, B ${b:.4f}.")
    yield from _cases("Only B got right", compared.gained)
    yield from _cases("Only A got right", compared.lost)
    if compared.alone:
        text = f"{compared.alone} cases were asked of one of them alone and are not compared."
        yield Line(text, Tone.WARNING)


def verdict(compared: Comparison) -> str:
    """Return in one sentence whether the two differ."""
    pairs, found = compared.pairs, compared.accuracy
    points = f"{100 * abs(found.difference):.1f} points"
    facts = f"95 % interval {_points(found)}, p = {pairs.p_value:.2g}, {pairs.count} cases"
    if pairs.is_noise:
        return f"A difference of {points} is noise here ({facts})."
    better = "B" if found.difference > 0 else "A"
    return f"{better} is better by {points} ({facts})."


def remarks(session: Session) -> Iterator[str]:
    """Yield what a reader has to know of a session beside its figures."""
    silent = [
        case.problem for suite in session.suites for case in suite.cases if case.output is None
    ]
    if silent:
        yield f"{len(silent)} cases got no answer; the first: {silent[0].rstrip('.')}."
    for suite in session.suites:
        if suite.skipped:
            yield f"{suite.path} was not asked to its end: {suite.skipped}."
    tiers = [suite for suite in session.own if suite.tier is not None and suite.answered]
    if any(suite.reaches_gate is False for suite in tiers):
        yield "A tier is below its gate: this model is not for this task type."


def _where(session: Session) -> str:
    machine = ", ".join(session.hardware.values())
    return f"{session.id}, answered by {session.model_actual} on {machine}"


def _suite_row(suite: SuiteResult) -> tuple[str, ...]:
    name = suite.name if suite.tier is None else f"tier {suite.tier} {suite.name}"
    if suite.rate is None:
        return (name, "skipped", "", _gate(suite), "", "", "")
    if suite.answered == 0:
        return (name, "no answer", "", "", "", "", "")
    low, high = wilson(suite.passed, len(suite.cases))
    tokens = sum(case.tokens_in + case.tokens_out for case in suite.cases)
    return (
        name,
        f"{suite.passed}/{len(suite.cases)} {percent(suite.rate)}",
        f"{int(100 * low)}–{int(100 * high)} %",
        _gate(suite),
        milliseconds(suite.latency_ms),
        str(tokens or ""),
        f"${suite.cost_usd:.4f}" if suite.cost_usd else "",
    )


def _gate(suite: SuiteResult) -> str:
    if suite.gate is None:
        return "none"
    reached = {True: " ok", False: " missed", None: ""}[suite.reaches_gate]
    return f"{percent(suite.gate)}{reached}"


def _measure_row(measure: Measure) -> tuple[str, ...]:
    share = "not measured" if measure.value is None else percent(measure.value)
    goal = f"{'below ' if measure.below else ''}{percent(measure.goal)}"
    reached = {True: "yes", False: "no", None: ""}[measure.reached]
    return (measure.name, share, goal, reached, str(measure.of))


def _session_row(number: int, session: Session) -> tuple[str, ...]:
    tiers = [f"{suite.tier}{'' if suite.reaches_gate is not False else '✗'}"
             for suite in session.own if suite.tier is not None]  # fmt: skip
    passed = f"{session.passed}/{session.count}" if session.count else ""
    return (
        str(number),
        f"{session.started_at:%Y-%m-%d %H:%M} UTC",
        session.model + ("" if session.complete else " (incomplete)"),
        session.task_type,
        " ".join(tiers),
        passed,
        milliseconds(session.latency_ms),
        f"${session.cost_usd:.4f}" if session.cost_usd else "",
    )


def _pairs_row(path: str, pairs: Pairs) -> tuple[str, ...]:
    told = "noise" if pairs.is_noise else "real"
    return (
        path.rpartition("/")[2].removesuffix(".json"),
        str(pairs.count),
        percent((pairs.both + pairs.first) / pairs.count),
        percent((pairs.both + pairs.second) / pairs.count),
        str(pairs.first),
        str(pairs.second),
        f"{pairs.p_value:.2g}",
        told if pairs.first or pairs.second else "none",
    )


def _slower(found: Interval | None) -> str:
    if found is None:
        return "Too few answers of both to compare their latency."
    told = f"{found.low:+.1f} to {found.high:+.1f} ms with 95 % confidence"
    if found.low <= 0 <= found.high:
        return f"Latency: no difference beyond noise (median {found.difference:+.1f} ms, {told})."
    slower = "B is slower" if found.difference > 0 else "B is quicker"
    return f"Latency: {slower} by {abs(found.difference):.1f} ms in the median ({told})."


def _cases(title: str, ids: tuple[str, ...]) -> Iterator[Line]:
    if ids:
        more = f" and {len(ids) - 12} more" if len(ids) > 12 else ""
        yield Line(f"{title}: {', '.join(ids[:12])}{more}", Tone.QUIET)


def _points(found: Interval) -> str:
    return f"{100 * found.low:+.1f} to {100 * found.high:+.1f}"


def percent(share: float) -> str:
    """Return a share in whole percent, never rounded up to what was not reached."""
    return f"{int(100 * share + 1e-9)} %"


def milliseconds(value: float | None) -> str:
    """Return a latency with three digits."""
    if value is None:
        return ""
    return f"{value / 1000:.3g} s" if value >= 1000 else f"{value:.3g} ms"
