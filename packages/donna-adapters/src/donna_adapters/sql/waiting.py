"""Waiting for a closure on another thread without being able to cut it in half."""

import asyncio
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


async def outcome(work: Future[T]) -> T:
    """Return what the work returned, or raise what it raised.

    A cancelled caller leaves the work running to its end.
    """
    loop = asyncio.get_running_loop()
    finished = asyncio.Event()

    def report(_: Future[T]) -> None:
        try:
            loop.call_soon_threadsafe(finished.set)
        except RuntimeError:
            # The loop is closed: whoever asked is gone, the work is done all the same.
            return

    work.add_done_callback(report)
    await finished.wait()
    return work.result()
