"""The word that something promised did not happen."""

from datetime import datetime
from zoneinfo import ZoneInfo

from donna_core.domain.effects import Channel, Job, Message, MessageKind
from donna_core.domain.followup.phrasing import moment, one_line
from donna_core.domain.tasks.task import Task
from donna_core.domain.timing.schedule import occurrence_key


def confession(job: Job, task: Task | None, *, why: str, zone: ZoneInfo, at: datetime) -> Message:
    """Return what is said about a job that did not happen; of routines one word a day."""
    what = job.kind.replace("_", " ")
    occasion = job.key if job.task_id else occurrence_key(job.kind, at, zone)
    about = f" about {one_line(task.title, limit=80)} ({task.handle})" if task else ""
    when = moment(job.run_at, zone=zone, at=at)
    return Message(
        key=f"missed:{occasion}",
        channel=Channel.DISCORD,
        kind=MessageKind.NOTICE,
        subject=f"Missed: {what}",
        body=f"I owed you a {what}{about}, due {when}, and it did not go out: {why}.",
        priority=3,
        not_before=at,
        task_id=job.task_id,
    )
