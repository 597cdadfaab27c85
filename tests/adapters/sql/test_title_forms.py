"""Stored normal forms follow the word tables of the Donna that opens the database."""

from pathlib import Path

import pytest
from sqlalchemy import make_url, select, update

from donna_adapters.sql.connection import connect, engine_for
from donna_adapters.sql.sqlite import BUSY_TIMEOUT, SqliteDatabase
from donna_adapters.sql.tables import COUNTER, TASKS
from donna_core.domain.tasks.dedup import DedupRules, find_twins, form_stamp
from donna_core.domain.tasks.task import Task
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.stores import ME, OTHER, task


async def _keep(path: Path, *titles: str) -> None:
    """Have the tasks stored, the first one by another user."""
    with SqliteDatabase.open(path) as database:
        for number, title in enumerate(titles, start=1):
            owner = OTHER if number == 1 else ME
            kept = task(number, title=title, user_id=owner)

            def decide(stores: Stores, kept: Task = kept) -> None:
                stores.tasks.save(kept)

            await database.unit_of_work(owner).run(decide)


def _as_an_older_one_left_it(path: Path) -> None:
    """Put forms and stamp of other tables into the file."""
    connection = connect(engine_for(path), busy_timeout=BUSY_TIMEOUT)
    connection.execute(update(TASKS).values(title_form="of another time"))
    marks = update(COUNTER).where(COUNTER.c.name == "title_forms")
    connection.execute(marks.values(value=form_stamp() ^ 1))
    connection.commit()
    connection.close()


def _stored(path: Path) -> tuple[list[str], int]:
    """Return the forms in the file and the stamp beside them."""
    connection = connect(engine_for(path), busy_timeout=BUSY_TIMEOUT)
    forms = list(connection.execute(select(TASKS.c.title_form).order_by(TASKS.c.title)).scalars())
    stamp = connection.execute(
        select(COUNTER.c.value).where(COUNTER.c.name == "title_forms")
    ).scalar_one()
    connection.close()
    return forms, stamp


async def test_forms_of_other_tables_are_made_anew_for_everybody(path: Path) -> None:
    """Whoever upgrades finds duplicates among what was kept before."""
    await _keep(path, "Phone the bank", "Send the invoice")
    _as_an_older_one_left_it(path)

    with SqliteDatabase.open(path) as database:
        titles = await database.unit_of_work(ME).run(lambda stores: stores.tasks.titles())

    assert len(find_twins("email that invoice", titles, DedupRules()).duplicates) == 1
    assert _stored(path) == (["bank call", "invoic send"], form_stamp())


async def test_a_server_keeps_them_right_as_well(own_postgres_url: str) -> None:
    """The same on PostgreSQL, in the transaction that looks at the schema."""
    postgres = pytest.importorskip(
        "donna_adapters.sql.postgres", reason="install donna-adapters[postgres]"
    )
    url = make_url(own_postgres_url)
    with postgres.PostgresDatabase.open(url) as database:
        await database.unit_of_work(ME).run(
            lambda stores: stores.tasks.save(task(1, title="Send the invoice"))
        )
        await database.transact(
            lambda connection: connection.execute(update(TASKS).values(title_form="stale"))
        )
        await database.transact(
            lambda connection: connection.execute(update(COUNTER).values(value=1))
        )

    with postgres.PostgresDatabase.open(url) as database:
        (entry,) = await database.unit_of_work(ME).run(lambda stores: stores.tasks.titles())

    assert entry.normal_form == "invoic send"


async def test_current_forms_are_left_as_they_are(path: Path) -> None:
    """Nothing is read or written where the stamp is the present one."""
    await _keep(path, "Phone the bank")
    connection = connect(engine_for(path), busy_timeout=BUSY_TIMEOUT)
    connection.execute(update(TASKS).values(title_form="left alone"))
    connection.commit()
    connection.close()

    SqliteDatabase.open(path).close()

    assert _stored(path) == (["left alone"], form_stamp())
