"""Noticing at once that something in a folder changed."""

import asyncio
from collections.abc import Callable
from pathlib import Path

SETTLED_MS = 500
"""How long a folder has to be quiet before a change counts: editors write in several steps."""


async def watch(folder: Path, changed: Callable[[], object]) -> None:
    """Call ``changed`` whenever notes in the folder changed, until cancelled or the folder goes.

    It is a help and no promise: file systems over a network tell of nothing, so that whoever
    watches looks by itself now and then as well.
    """
    from watchfiles import awatch  # noqa: PLC0415  # only who has a vault pays for it

    try:
        async for _ in awatch(
            folder, watch_filter=lambda _, path: path.endswith(".md"), debounce=SETTLED_MS
        ):
            changed()
    except (OSError, RuntimeError):
        # The folder went, or the system has no more watches to give.
        await asyncio.Event().wait()
