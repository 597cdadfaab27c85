"""A session summed up from its journal: steps, how long they took, and what the agent was told."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve, field, frozen

from donna_core.domain.workflow.cells import Cell

BEGINNINGS = frozenset({"session_started", "session_reset"})


@frozen(kw_only=True)
class Stage:
    """One operation that was executed. ``took`` is the time until it was over.

    ``told`` is what the agent was asked or shown, ``outcome`` an exit code or where it went on.
    """

    operation: str
    title: str
    began: datetime
    took: timedelta | None = None
    told: str = ""
    outcome: str = ""
    request: str | None = None


@frozen(kw_only=True)
class Report:
    """What happened since the session began."""

    began: datetime | None = None
    ended: datetime | None = None
    stages: Sequence[Stage] = ()
    problems: Sequence[str] = field(default=())


def reported(journal: Sequence[Mapping[str, Any]]) -> Report:
    """Return the report on the part of a journal since its last beginning."""
    entries = list(_latest(journal))
    stages: list[Stage] = []
    problems: list[str] = []
    for entry in entries:
        at = datetime.fromisoformat(str(entry["at"]))
        match entry["event"]:
            case "operation":
                title = str(entry.get("title", ""))
                stages.append(Stage(operation=str(entry["operation"]), title=title, began=at))
            case "script_ended":
                _amend(stages, entry, took=at, outcome=f"exit code {entry.get('code')}")
            case "output":
                _amend(stages, entry, took=at, told=str(entry.get("text", "")))
            case "request":
                text, request = str(entry.get("text", "")), str(entry.get("request"))
                _amend(stages, entry, told=text, request=request)
            case "completed":
                target = entry.get("target") or "as its result says"
                _amend(stages, entry, took=at, outcome=str(target))
            case "problem":
                problems.append(str(entry.get("message", entry.get("code"))))
            case _:
                pass
    instants = [datetime.fromisoformat(str(entry["at"])) for entry in entries]
    return Report(
        began=instants[0] if instants else None,
        ended=instants[-1] if instants else None,
        stages=tuple(stages),
        problems=tuple(problems),
    )


def report_cell(report: Report) -> Cell:
    """Return the report as a cell, with a table of the steps and the texts below it."""
    requests = sum(each.request is not None for each in report.stages)
    return Cell(
        kind="session_report",
        meta={"steps": len(report.stages), "requests": requests, "problems": len(report.problems)},
        content="\n".join(_lines(report)),
    )


def _latest(journal: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    begins = [number for number, entry in enumerate(journal) if entry["event"] in BEGINNINGS]
    yield from journal[begins[-1] if begins else 0 :]


def _amend(
    stages: list[Stage], entry: Mapping[str, Any], took: datetime | None = None, **facts: Any
) -> None:
    """Complete the last stage of the entry's operation."""
    for number in range(len(stages) - 1, -1, -1):
        if stages[number].operation == entry.get("operation"):
            length = None if took is None else took - stages[number].began
            stages[number] = evolve(stages[number], took=length, **facts)
            return


def _lines(report: Report) -> Iterator[str]:
    if report.began is None or report.ended is None:
        yield "Nothing has happened in this session."
        return
    yield f"From {_instant(report.began)} to {_instant(report.ended)}, {_length(report)} in all."
    yield ""
    yield "| step | operation | began | took | outcome |"
    yield "|---|---|---|---|---|"
    for number, stage in enumerate(report.stages, start=1):
        took = "" if stage.took is None else _seconds(stage.took)
        cells = (str(number), f"`{stage.operation}`", _instant(stage.began), took, stage.outcome)
        yield f"| {' | '.join(each.replace('|', '/') for each in cells)} |"
    if report.problems:
        yield from ("", "## Problems", "", *(f"- {each}" for each in report.problems))
    if any(stage.told for stage in report.stages):
        yield from ("", "## What the agent was told")
    for number, stage in enumerate(report.stages, start=1):
        if stage.told:
            yield from ("", f"### {number}. {stage.title}", "", stage.told)


def _length(report: Report) -> str:
    if report.began is None or report.ended is None:
        return ""
    return _seconds(report.ended - report.began)


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():.1f} s"


def _instant(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="seconds")
