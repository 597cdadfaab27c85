"""Waiting for something, but not for ever."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import TypeVar

from donna_core.ports.clock import Clock

T = TypeVar("T")


async def within(clock: Clock, work: Awaitable[T], *, until: datetime) -> T:
    """Return what the work returns; at the instant it is cancelled, and ``TimeoutError`` raised."""
    doing = asyncio.ensure_future(work)
    alarm = asyncio.ensure_future(clock.sleep_until(until))
    try:
        await asyncio.wait({doing, alarm}, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            return doing.result()
        raise TimeoutError("it took too long")
    finally:
        for task in (doing, alarm):
            task.cancel()
        await asyncio.gather(doing, alarm, return_exceptions=True)
