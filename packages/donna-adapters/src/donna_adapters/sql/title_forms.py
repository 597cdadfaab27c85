"""Keeping the stored normal forms of titles those that this Donna compares."""

from sqlalchemy import Connection, bindparam, select, update

from donna_adapters.sql.statements import upsert
from donna_adapters.sql.tables import COUNTER, TASKS
from donna_core.domain.tasks.dedup import form_of, form_stamp

_MARK = {"user_id": "", "name": "title_forms"}  # of the database, not of one of its users
_STAMP = select(COUNTER.c.value).where(
    COUNTER.c.user_id == _MARK["user_id"], COUNTER.c.name == _MARK["name"]
)
_STAMPED = upsert(COUNTER)
_TITLES = select(
    TASKS.c.user_id, TASKS.c.id, TASKS.c.title, TASKS.c.parent_task, TASKS.c.title_form
)
_FORM = (
    update(TASKS)
    .where(TASKS.c.user_id == bindparam("owner"), TASKS.c.id == bindparam("task"))
    .values(title_form=bindparam("form"))
)


def are_current(connection: Connection) -> bool:
    """Whether all stored forms were made by the tables and rules of this Donna."""
    return connection.execute(_STAMP).scalar_one_or_none() == form_stamp()


def renew(connection: Connection) -> None:
    """Make the stored forms anew within the connection's transaction, unless they are current."""
    if are_current(connection):
        return
    rows = connection.execute(_TITLES).all()
    changed = [
        {"owner": user_id, "task": task_id, "form": form}
        for user_id, task_id, title, parent, stored in rows
        if (form := form_of(title, is_piece=parent is not None)) != stored
    ]
    if changed:
        connection.execute(_FORM, changed)
    connection.execute(_STAMPED, {**_MARK, "value": form_stamp()})
