"""A use case in memory is run in one step."""

import asyncio

import pytest

from donna_core.local.stepping import finish


async def nested(value: int) -> int:
    """Await without waiting."""
    return await nested(value - 1) + 1 if value else 0


def test_what_never_waits_is_run_to_its_end() -> None:
    """Awaiting other coroutines is no waiting."""
    assert finish(nested(50)) == 50


def test_errors_come_out_as_they_are() -> None:
    """The caller sees the error of the use case itself."""

    async def fail() -> None:
        raise LookupError("this one")

    with pytest.raises(LookupError, match="this one"):
        finish(fail())


def test_what_waits_is_ended_and_named() -> None:
    """A wait is an error, never a hang, and what was begun is cleaned up."""
    ended = []

    async def wait() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            ended.append("cleaned up")

    with pytest.raises(RuntimeError, match="waits for an event loop"):
        finish(wait())
    assert ended == ["cleaned up"]
