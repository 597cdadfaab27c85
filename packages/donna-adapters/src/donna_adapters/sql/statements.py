"""Statements that every store needs: written once, compiled once, run many times."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.sql.dml import ReturningInsert

from donna_adapters.sql.tables import COUNTER
from donna_core.domain.ids import UserId


def upsert(table: Table, *, where: ColumnElement[bool] | None = None) -> Insert:
    """Return an insert that replaces the row of the same key where ``where`` allows it."""
    key = [column.name for column in table.primary_key]
    statement = insert(table)
    replaced = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in key
    }
    return statement.on_conflict_do_update(index_elements=key, set_=replaced, where=where)


def any_of(column: ColumnElement[str], values: Iterable[StrEnum]) -> ColumnElement[bool]:
    """Return the condition that the column holds one of the values; it may be run for many rows."""
    return or_(*(column == value.value for value in sorted(values)))


def insert_unless_there(table: Table, *, key: Sequence[str]) -> Insert:
    """Return an insert that leaves a row of the same key as it is."""
    return insert(table).on_conflict_do_nothing(index_elements=key)


def numbered(table: Table, number: Column[int]) -> Insert:
    """Return an insert whose rows get the next number of the user bound as ``owner``."""
    highest = select(func.coalesce(func.max(number), 0)).where(
        table.c.user_id == bindparam("owner")
    )
    return insert(table).values({number.name: highest.scalar_subquery() + 1})


def adding(table: Table, *, key: Sequence[str], sums: Sequence[str]) -> Insert:
    """Return an insert that adds to these columns where there is a row of the same key."""
    row = insert(table)
    added = {name: table.c[name] + row.excluded[name] for name in sums}
    return row.on_conflict_do_update(index_elements=key, set_=added)


def raising(value: ColumnElement[int]) -> ReturningInsert[Any]:
    """Return a statement that raises a counter by one, to ``value`` at least, and returns it."""
    row = insert(COUNTER).values(value=value)
    higher = case(
        (row.excluded.value > COUNTER.c.value, row.excluded.value), else_=COUNTER.c.value + 1
    )
    raised = row.on_conflict_do_update(index_elements=["user_id", "name"], set_={"value": higher})
    return raised.returning(COUNTER.c.value)


_NEXT = raising(literal(1))
_REACH = upsert(COUNTER, where=COUNTER.c.value < insert(COUNTER).excluded.value)


def next_value(connection: Connection, user_id: UserId, name: str) -> int:
    """Return a number higher than any before under this name; the first is 1."""
    return int(connection.execute(_NEXT, {"user_id": user_id, "name": name}).scalar_one())


def reach_value(connection: Connection, user_id: UserId, name: str, value: int) -> None:
    """Make sure that no number up to this one is given again under this name."""
    connection.execute(_REACH, {"user_id": user_id, "name": name, "value": value})
