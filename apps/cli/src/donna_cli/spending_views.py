"""What looking at money and model calls shows."""

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal

from donna_cli.render import Block, Grid
from donna_core.domain.followup.phrasing import counted
from donna_core.domain.spending.invocations import CallSums, Dimension, Invocation
from donna_core.domain.spending.ledger import NOTHING, Scope
from donna_core.domain.spending.notices import dollars, raised
from donna_core.domain.wording import Line, Scene, Tone, moment, spaced
from donna_core.usecases.budget import Purse, Statement
from donna_core.usecases.calls import Certainty, Comparison, Quality, Sent

_BAR = 24
_NAMES = {Scope.DAY: "Today", Scope.MONTH: "This month"}
_HEADINGS = {
    Dimension.CALLER: "Caller",
    Dimension.MODEL: "Model",
    Dimension.TASK_TYPE: "Task type",
    Dimension.TASK: "Task",
}
SHORT_ID = 8


def budget(view: Statement, scene: Scene, *, plain: bool) -> Iterator[Block]:
    """Yield today and this month under their caps, and who spent it."""
    for purse in (view.day, view.month, *view.caps):
        yield from _purse(purse, plain=plain)
    if view.expected:
        yield Line(f"At this pace the month will cost {dollars(view.expected)}.", Tone.QUIET)
    if view.is_paused:
        until = "today" if not view.day.left else "month-end"
        way = f"donna budget raise AMOUNT --until {until}"
        yield Line(f"Paid models are paused; what is free goes on. {way}", Tone.WARNING)
    yield from _unknown(view)
    for allowance in view.allowances:
        said = raised(allowance, of=allowance.account.name)
        yield Line(f"{moment(allowance.at, scene)}: {said}", Tone.QUIET)
    if not view.by[Dimension.CALLER]:
        yield Line("No model was asked this month.")
    for by in (Dimension.CALLER, Dimension.MODEL, Dimension.TASK_TYPE):
        if view.by[by]:
            yield _sums(view.by[by], by)


def calls(rows: Sequence[Invocation], scene: Scene) -> Iterator[Block]:
    """Yield calls as a table, newest first."""
    if not rows:
        yield Line("No such call. Without options `donna llm calls` shows the latest.")
        return
    yield Grid(
        columns=("Id", "When", "Task type", "Model", "Outcome", "Tokens", "Cost", "ms"),
        rows=tuple(
            (
                row.id[-SHORT_ID:],
                f"{row.at.astimezone(scene.zone):%m-%d %H:%M}",
                row.task_type,
                row.model_alias,
                _outcome(row),
                f"{row.tokens_in}+{row.tokens_out}" if row.tokens_in or row.tokens_out else "",
                _cost(row),
                str(row.latency_ms),
            )
            for row in rows
        ),
        wide="Task type",
    )
    yield Line("donna llm calls ID shows one with its prompt and answer.", Tone.QUIET)


def call(row: Invocation, others: Sequence[Invocation], scene: Scene) -> Iterator[Block]:
    """Yield everything about one call, its prompt and its answer included."""
    yield Line(f"{row.task_type} by {row.model_actual}, {_outcome(row)}", Tone.HEADING)
    yield from (Line(text, depth=1) for text in _facts(row, scene))
    if row.error:
        yield Line(f"{row.error_type or 'Error'}: {row.error}", Tone.WARNING, 1)
    for heading, text in (("Prompt", row.prompt), ("Answer", _answer(row))):
        yield Line(heading, Tone.HEADING)
        lines = ["not kept, or forgotten since"] if text is None else text.splitlines()
        yield from (Line(each, depth=1) for each in lines)
    if others:
        yield Line("The others of the same request", Tone.HEADING)
        yield from (
            Line(f"{each.id[-SHORT_ID:]}  {each.model_actual}  {_outcome(each)}", depth=1)
            for each in others
        )


def sent(view: Sent, scene: Scene, *, limit: int) -> Iterator[Block]:
    """Yield what went to models on other machines, newest first, and who got how much."""
    if not view.calls:
        yield Line(f"No model on another machine was asked since {moment(view.since, scene)}.")
        return
    yield Grid(
        columns=("Id", "When", "To", "What", "Labels", "Bytes"),
        rows=tuple(
            (
                row.id[-SHORT_ID:],
                f"{row.at.astimezone(scene.zone):%m-%d %H:%M}",
                row.model_actual,
                f"{row.task_type}: {', '.join(row.sources) or row.skill_id or row.caller}",
                ", ".join(sorted(row.labels)),
                str(row.bytes_sent),
            )
            for row in view.calls[:limit]
        ),
        wide="What",
    )
    for each in view.recipients:
        yield Line(
            f"{each.recipient}: {counted(each.calls, 'call', 'calls')}, {each.bytes_sent} bytes"
        )
    if view.local_only:
        wrong = counted(view.local_only, "call", "calls")
        yield Line(
            f"Local-only text was in {wrong}. That is a fault in Donna: please report it.",
            Tone.WARNING,
        )
    else:
        yield Line("Nothing of it was local-only.", Tone.GOOD)
    yield Line("donna llm calls ID shows what was said, as long as it is kept.", Tone.QUIET)


def quality(view: Quality, scene: Scene) -> Iterator[Block]:
    """Yield what calls cost and how good they were, then how far confidence can be trusted."""
    yield Line(f"Since {moment(view.since, scene)}", Tone.HEADING)
    if not view.sums:
        yield Line("No model was asked.", depth=1)
        return
    yield Grid(
        columns=(_HEADINGS[view.by], "Calls", "Failed", "Cost", "Each", "Quality", "Right", "ms"),
        rows=tuple(
            (
                _name(each),
                str(each.calls),
                str(each.failures or ""),
                dollars(each.billed + each.estimated),
                dollars((each.billed + each.estimated) / each.calls),
                _mean(each.quality, each.judged),
                _mean(each.right, each.checked),
                str(each.latency_ms // each.calls),
            )
            for each in view.sums
        ),
        wide=_HEADINGS[view.by],
    )
    yield from _certainty(view.certainty)


def shadows(several: Sequence[Comparison]) -> Iterator[Block]:
    """Yield each model beside the shadow that was asked the same."""
    if not several:
        yield Line("No shadow was asked. `routing.NAME.shadow` in donna_models.yaml names one.")
        return
    yield Grid(
        columns=("Task type", "Model", "Shadow", "Pairs", "Failed", "Agree", "Each", "ms"),
        rows=tuple(
            (
                each.task_type,
                each.model,
                each.shadow,
                str(each.answers),
                str(each.failures or ""),
                "" if each.agreement is None else f"{each.agreement:.0%}",
                f"{dollars(each.cost)} / {dollars(each.shadow_cost)}",
                f"{each.latency_ms} / {each.shadow_latency_ms}",
            )
            for each in several
        ),
        wide="Shadow",
    )


def _certainty(bins: Sequence[Certainty]) -> Iterator[Line]:
    if bins:
        yield Line("Confidence beside the truth", Tone.HEADING)
    for each in bins:
        said, right = f"{each.said:.0%}", f"{each.right:.0%}"
        yield Line(f"said {said}, right {right} of {counted(each.calls, 'call', 'calls')}", depth=1)


def _purse(purse: Purse, *, plain: bool) -> Iterator[Line]:
    named = f"{purse.account.scope} {purse.account.name.partition(' ')[2]}, today"
    name = _NAMES.get(purse.account.scope, named)
    bar = "" if plain else f"{_bar(purse.share)}  "
    held = purse.amount.reserved
    under_way = f", {dollars(held)} held for calls under way" if held else ""
    tone = Tone.WARNING if purse.share >= 0.8 else Tone.PLAIN
    yield Line(
        f"{name:<11} {bar}{dollars(purse.amount.spent)} of {dollars(purse.limit)}{under_way}", tone
    )


def _bar(share: float) -> str:
    full = round(min(share, 1.0) * _BAR)
    return "█" * full + "░" * (_BAR - full) + f" {share:>4.0%}"


def _unknown(view: Statement) -> Iterator[Line]:
    if view.unknown:
        many = counted(len(view.unknown), "call", "calls")
        total = dollars(sum((each.cost for each in view.unknown), NOTHING))
        yield Line(f"Of {many} nobody knows the cost; they count in full, {total}.", Tone.QUIET)


def _sums(several: Sequence[CallSums], by: Dimension) -> Grid:
    return Grid(
        columns=(_HEADINGS[by], "Calls", "Tokens", "Paid", "Local", "Share"),
        rows=tuple(
            (
                _name(each),
                str(each.calls),
                f"{each.tokens_in + each.tokens_out:,}",
                dollars(each.billed) if each.billed else "",
                f"≈{dollars(each.estimated)}" if each.estimated else "",
                _share(each.billed, sum((other.billed for other in several), NOTHING)),
            )
            for each in several
        ),
        wide=_HEADINGS[by],
    )


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{part / whole:.0%}" if whole else ""


def _name(each: CallSums) -> str:
    return each.name or "none"


def _mean(value: float | None, count: int) -> str:
    return "" if value is None else f"{value:.2f} ({count})"


def _cost(row: Invocation) -> str:
    if not row.cost:
        return ""
    return dollars(row.cost) if row.billed else f"≈{dollars(row.cost)}"


def _outcome(row: Invocation) -> str:
    marks = [
        word
        for word, holds in (
            ("shadow", row.is_shadow),
            ("stood in", row.degraded),
            (f"attempt {row.attempt}", row.attempt > 1),
        )
        if holds
    ]
    return ", ".join([spaced(row.outcome), *marks])


def _facts(row: Invocation, scene: Scene) -> Iterator[str]:
    yield f"{moment(row.at, scene)}, asked by {row.caller} ({row.lane}) as {row.model_alias}"
    yield f"{row.tokens_in} tokens in, {row.tokens_out} out, {_cost(row) or 'free'}"
    waited = f" after {row.queue_wait_ms} ms of waiting" if row.queue_wait_ms else ""
    yield f"{row.latency_ms} ms{waited}"
    if row.confidence is not None:
        yield f"its own confidence {row.confidence:.2f}"
    if row.quality_score is not None:
        yield f"judged {row.quality_score:.2f}"
    if row.was_right is not None:
        yield "turned out right" if row.was_right else "turned out wrong"
    if row.spot_check_queued:
        yield "waits for a judge"
    if row.bytes_sent:
        yield f"{row.bytes_sent} bytes went to another machine"
    if row.sources:
        yield f"with texts from {', '.join(row.sources)}"
    if row.shadow_of:
        yield f"shadow of {row.shadow_of}"
    tags = {name: getattr(row, name) for name in ("task_id", "chain_id", "skill_id", "agent_id")}
    yield from (f"{spaced(name)} {value}" for name, value in tags.items() if value)
    yield f"id {row.id}, request {row.request_id}"


def _answer(row: Invocation) -> str | None:
    if row.output is None:
        return None
    return json.dumps(row.output, ensure_ascii=False, indent=2)
