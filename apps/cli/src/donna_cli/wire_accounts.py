"""From accounts to the wire."""

from collections.abc import Iterable

from donna_cli import schema_accounts as accounts
from donna_cli.wire_records import command, delivery, dollars, task
from donna_core.domain.tasks.history import Command, differences
from donna_core.usecases.promises import Account
from donna_core.usecases.restored import Restored


def promises(account: Account) -> accounts.PromisesObject:
    """Return what is owed and what became of it."""
    return accounts.PromisesObject(
        at=account.at,
        promises=[
            accounts.PromiseObject(
                key=each.job.job.key,
                kind=each.job.job.kind,
                due=each.job.job.run_at,
                task=task(each.task) if each.task else None,
                standing=each.standing.value,
                why=each.why,
                attempts=each.job.attempts,
                finished_at=each.job.finished_at,
                receipts=[delivery(row) for row in each.receipts],
            )
            for each in account.promises
        ],
    )


def history(commands: Iterable[Command]) -> accounts.HistoryObject:
    """Return commands with what they changed."""
    return accounts.HistoryObject(
        entries=[
            accounts.HistoryEntryObject(
                command=command(each),
                tasks=[
                    accounts.ChangeObject(
                        before=task(change.before) if change.before else None,
                        after=task(change.after) if change.after else None,
                        fields=[name for name, _, _ in differences(change)],
                    )
                    for change in each.tasks
                ],
                undoes=each.undoes,
                redoes=each.redoes,
            )
            for each in commands
        ]
    )


def restored(kept: str | None, found: Restored) -> accounts.RestoredObject:
    """Return what was put aside after an older copy was put in place."""
    return accounts.RestoredObject(
        kept=kept,
        since=found.since,
        put_aside=[delivery(row) for row in found.put_aside],
        missed=[row.job.key for row in found.missed],
        booked=dollars(found.booked),
        assumed=found.is_assumed,
    )
