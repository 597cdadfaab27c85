"""From the domain to the wire: one function for each object of ``donna_cli.schema``."""

import json
import re
from collections.abc import Iterable, Sequence

from donna_cli import schema
from donna_cli.checks import Check
from donna_cli.schema_records import TaskObject
from donna_cli.settings import Setting
from donna_cli.wire_accounts import history, promises, restored  # noqa: F401  # for the pages
from donna_cli.wire_object import Wire
from donna_cli.wire_reading import reading
from donna_cli.wire_records import command, delivery, dollars, step, task, tasks
from donna_core.domain.codec import to_plain
from donna_core.domain.effects import Message
from donna_core.domain.followup.escalation import Escalation
from donna_core.domain.planning.advice import Advice
from donna_core.domain.planning.proposal import Unplaced
from donna_core.domain.planning.reasons import Reason, say
from donna_core.domain.planning.week import Week
from donna_core.domain.spending.ledger import Allowance
from donna_core.domain.tasks.history import Explanation, Offer
from donna_core.domain.tasks.task import Task
from donna_core.domain.wording import Scene, because
from donna_core.ports.calendar import CalendarEvent
from donna_core.usecases.capture import Captured
from donna_core.usecases.explain import expected
from donna_core.usecases.overview import Contact, DayView, Now, TaskView
from donna_core.usecases.plan_week import WeekPlan
from donna_core.usecases.receipt import Receipt
from donna_core.usecases.what_if import Branch

# Valid within JSON texts, and no terminal obeys them: C1, line and direction marks, surrogates.
_UNSHOWN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def dumped(model: Wire) -> str:
    """Return the object as JSON on one line, safe to show on a terminal."""
    text = json.dumps(model.model_dump(mode="json"), ensure_ascii=False)
    return _UNSHOWN.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def task_list(several: Iterable[Task]) -> schema.TaskListObject:
    """Return a list of tasks."""
    return schema.TaskListObject(tasks=tasks(several))


def advice(several: Iterable[Advice], scene: Scene) -> schema.TaskListObject:
    """Return what to do, each with its reasons in words."""
    found = tuple(several)
    return schema.TaskListObject(
        tasks=tasks(each.task for each in found),
        why=[because(each.reasons, scene) for each in found],
    )


def reason(each: Reason, scene: Scene) -> schema.ReasonObject:
    """Return one reason."""
    return schema.ReasonObject(
        code=each.code, facts=to_plain(each.facts), words=say(each, zone=scene.zone)
    )


def offers(several: Sequence[Offer], scene: Scene) -> list[schema.OfferObject]:
    """Return the offers, numbered from 1 as ``donna accept`` counts them."""
    return [
        schema.OfferObject(
            number=number,
            start=each.when.start,
            end=each.when.end,
            gives_up=reason(each.gives_up, scene),
        )
        for number, each in enumerate(several, start=1)
    ]


def explanation(each: Explanation, scene: Scene) -> schema.ExplanationObject:
    """Return one explanation."""
    return schema.ExplanationObject(
        task_id=each.task_id,
        topic=each.topic.value,
        reasons=[reason(one, scene) for one in each.reasons],
        words=because(each.reasons, scene),
        offers=offers(each.offers, scene),
    )


def pursuit(each: Escalation) -> schema.PursuitObject:
    """Return one pursuit."""
    return schema.PursuitObject(
        task_id=each.task_id, ref=each.ref, tier=each.tier, status=each.status, next_at=each.next_at
    )


def now(view: Now, scene: Scene) -> schema.NowObject:
    """Return what matters now."""
    return schema.NowObject(
        at=view.at,
        zone=scene.zone.key,
        current=tasks(view.current),
        next=tasks(view.next),
        overdue=tasks(view.overdue),
        unplanned=tasks(view.unplanned),
        waiting_for_answer=[pursuit(each) for each in view.waiting_for_answer],
        quiet_until=view.attention.quiet_until,
    )


def contact(view: Contact) -> schema.ContactObject:
    """Return when messages may go out."""
    return schema.ContactObject(
        at=view.at,
        ordinary_from=view.ordinary_from,
        urgent_from=view.urgent_from,
        quiet_until=view.attention.quiet_until,
    )


def day(view: DayView, problems: Sequence[str], scene: Scene) -> schema.DayObject:
    """Return one day."""
    return schema.DayObject(
        day=view.day,
        zone=scene.zone.key,
        tasks=tasks(view.tasks),
        events=[_event(each) for each in view.events],
        due=tasks(view.due),
        completed=tasks(view.completed),
        problems=list(problems),
    )


def week(view: Week, problems: Sequence[str], scene: Scene) -> schema.WeekObject:
    """Return one week."""
    return schema.WeekObject(
        zone=scene.zone.key,
        days=[
            schema.WeekDayObject(
                day=each.date,
                entries=[
                    schema.EntryObject(
                        kind=entry.kind.value,
                        title=entry.title,
                        start=entry.when.start,
                        end=entry.when.end,
                        task_id=entry.task_id,
                        priority=entry.priority,
                        status=entry.status,
                    )
                    for entry in each.entries
                ],
            )
            for each in view.days
        ],
        problems=list(problems),
    )


def plan(proposed: WeekPlan, scene: Scene) -> schema.PlanObject:
    """Return a proposed plan."""
    proposal = proposed.proposal
    return schema.PlanObject(
        placements=[
            schema.PlacementObject(
                task_id=each.task.id,
                title=each.title,
                start=each.when.start,
                end=each.when.end,
                reason=say(each.reason, zone=scene.zone),
                bound_by=[reason(one, scene) for one in each.bound_by],
            )
            for each in proposal.placements
        ],
        unplaced=[_unplaced(each, scene) for each in proposal.unplaced],
        objective=proposal.objective,
        bound=proposal.bound,
        gap=proposal.gap,
        seconds=proposed.seconds,
    )


def branch(found: Branch, scene: Scene) -> schema.BranchObject:
    """Return what would follow from a supposition."""
    return schema.BranchObject(
        supposed=found.scenario.text,
        changes=[
            schema.TurnObject(
                before=task(each.before) if each.before else None,
                after=task(each.after) if each.after else None,
            )
            for each in found.changes
        ],
        late=[each.id for each in found.late],
        unplaced=[_unplaced(each, scene) for each in found.left_out],
        cost_before=found.before,
        cost_after=found.after,
    )


def _unplaced(each: Unplaced, scene: Scene) -> schema.UnplacedObject:
    return schema.UnplacedObject(
        task_id=each.task.id,
        reason=say(each.reason, zone=scene.zone),
        would_help=offers(
            [Offer(when=one.when, gives_up=one.gives_up) for one in each.would_help], scene
        ),
    )


def task_view(view: TaskView, scene: Scene) -> schema.TaskViewObject:
    """Return everything about one task."""
    return schema.TaskViewObject(
        task=task(view.task),
        expected=[line.text for line in expected(view, scene)],
        dependencies=tasks(view.dependencies),
        waiting=tasks(view.waiting),
        explanations=[explanation(each, scene) for each in view.explanations],
        offers=offers(view.offers, scene),
        commands=[command(each) for each in view.commands],
        steps=[step(each) for each in view.steps],
        jobs=[
            schema.JobObject(kind=row.job.kind, run_at=row.job.run_at, state=row.state)
            for row in view.jobs
        ],
        deliveries=[delivery(row) for row in view.deliveries],
        pursuit=pursuit(view.pursuit) if view.pursuit else None,
    )


def why(view: TaskView, scene: Scene) -> schema.WhyObject:
    """Return the reasons and the history of one task."""
    return schema.WhyObject(
        task=task(view.task),
        expected=[line.text for line in expected(view, scene)],
        explanations=[explanation(each, scene) for each in view.explanations],
        offers=offers(view.offers, scene),
        commands=[command(each) for each in view.commands],
        steps=[step(each) for each in view.steps],
    )


def digest(message: Message) -> schema.DigestObject:
    """Return a digest."""
    return schema.DigestObject(subject=message.subject, body=message.body)


def receipt(done: Receipt) -> schema.ReceiptObject:
    """Return the receipt as it goes over the wire."""
    command, captured = done.command, done.captured
    parts = captured.parts if captured else ()
    attention = command.attention.after if command and command.attention else None
    changes = command.escalations if command else ()
    return schema.ReceiptObject(
        verb=command.verb if command else "capture",
        outcome=done.outcome,
        command_id=command.id if command else None,
        dry_run=done.dry_run,
        tasks=tasks(change.after for change in done.changes if change.after),
        removed=[c.before.id for c in done.changes if c.before and not c.after],
        reading=reading(done.reading, done.scene.zone) if done.reading else None,
        duplicate_of=_twin(captured),
        related=tasks(each for part in parts for each in part.related),
        explanations=[
            explanation(each, done.scene) for each in (command.explanations if command else ())
        ],
        pursuits=[pursuit(each.after) for each in changes if each.after],
        quiet_until=attention.quiet_until if attention else None,
        allowances=[allowance(each) for each in (command.allowances if command else ())],
        took_back=done.took_back.verb if done.took_back else None,
        problems=list(done.problems),
        undo=done.way_back,
    )


def allowance(each: Allowance) -> schema.AllowanceObject:
    """Return one raise of a budget."""
    return schema.AllowanceObject(
        at=each.at,
        scope=each.account.scope.value,
        name=each.account.name,
        amount=dollars(each.amount),
        approved_by=each.approved_by,
    )


def _event(each: CalendarEvent) -> schema.EventObject:
    return schema.EventObject(
        title=each.title,
        calendar=each.calendar_id,
        start=each.when.start,
        end=each.when.end,
        busy=each.busy,
    )


def _twin(captured: Captured | None) -> TaskObject | None:
    twin = captured.duplicate_of if captured else None
    return task(twin) if twin else None


def version(*, donna: str, python: str, sqlite: str) -> schema.VersionObject:
    """Return what runs here."""
    return schema.VersionObject(donna=donna, python=python, sqlite=sqlite)


def config(folder: str, settings: Iterable[Setting]) -> schema.ConfigObject:
    """Return the configuration or a part of it."""
    return schema.ConfigObject(folder=folder, settings=[setting(each) for each in settings])


def setting(each: Setting) -> schema.SettingObject:
    """Return one key of the configuration."""
    return schema.SettingObject(
        key=each.key, value=each.value, where=each.where, overlaid=each.overlaid
    )


def doctor(checks: Iterable[Check]) -> schema.DoctorObject:
    """Return what the doctor found."""
    found = [
        schema.CheckObject(name=each.name, ok=each.ok, found=each.found, remedy=each.remedy)
        for each in checks
    ]
    return schema.DoctorObject(ok=all(each.ok for each in found), checks=found)
