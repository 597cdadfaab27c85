"""Draw numbers and claim jobs and deliveries as fast as possible, beside others who do the same.

Run as a program with paths; it waits for a line on its input and prints what it got as JSON.
"""

import asyncio
import json
import sys
from datetime import timedelta
from pathlib import Path

from donna_adapters.sql.sqlite import SqliteDatabase
from donna_core.ports.outbox import DeliveryState, Lane
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.stores import HOUR, ME, NOON

Got = tuple[list[str], list[int]]


def main(paths: list[Path]) -> None:
    """Claim in each file until nothing is left."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    got: Got = ([], [])
    for path in paths:
        with SqliteDatabase.open(path, busy_timeout=timedelta(seconds=60)) as database:
            keys, numbers = asyncio.run(claim_all(database))
        got = (got[0] + keys, got[1] + numbers)
    sys.stdout.write(json.dumps(got))


async def claim_all(database: SqliteDatabase) -> Got:
    """Return the keys claimed and the numbers drawn."""
    keys: list[str] = []
    numbers: list[int] = []
    unit_of_work = database.unit_of_work(ME)
    while True:
        found, drawn = await unit_of_work.run(claim_some)
        numbers += drawn
        if not found:
            return keys, numbers
        keys += found


def claim_some(stores: Stores) -> Got:
    """Claim a few of each, for an hour."""
    until = NOON + HOUR
    jobs = stores.jobs.claim(now=NOON, lease_until=until, limit=2)
    sent = stores.outbox.claim(Lane.DISCORD, now=NOON, lease_until=until, limit=2)
    for row in sent:
        stores.outbox.settle(row.delivery.key, fence=row.fence, state=DeliveryState.SENT, at=NOON)
    keys = [*(row.job.key for row in jobs), *(row.delivery.key for row in sent)]
    return keys, [stores.tasks.next_number()]


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
