"""Running a use case to its end at once, where nothing in it has to wait."""

from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def one_by_one(*acts: Awaitable[T]) -> list[T]:
    """Wait for acts one after the other, where no event loop could take them in turns."""
    return [await act for act in acts]


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run the coroutine to its end and return its result.

    A coroutine suspends only where something in it waits for an event loop. Stores, calendar,
    notifier and model in memory never do, so one step is the whole way. That needs no loop and
    no thread, and therefore works inside a running loop too. Raise ``RuntimeError`` for a
    coroutine that does wait: it was composed with something that is not in memory.
    """
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        work.close()
    raise RuntimeError(
        "This use case waits for an event loop: await it in one instead of stepping it."
    )
