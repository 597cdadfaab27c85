"""Taking apart what strangers wrote, in a process that can be ended."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from donna_core.domain.errors import Degraded

PATIENCE = timedelta(seconds=15)
"""How long it may take where the machine is busy; the process limits its own computing."""

KEPT = ("PATH", "PYTHONPATH", "HOME", "LANG", "SYSTEMROOT", "TEMP", "TMPDIR")
"""What the process sees of the environment: no key, no password."""


class Unparsable(Degraded):
    """A page or feed could not be taken apart within time and memory; again would be no better."""

    kind = "ParserError"
    retryable = False

    def __init__(self, reader: str, *, problem: str) -> None:
        self.reader, self.problem = reader, problem
        super().__init__(f"The {reader} could not be taken apart: {problem}.")


async def taken_apart(
    reader: str, body: bytes, *, patience: timedelta = PATIENCE, **options: str
) -> Mapping[str, Any]:
    """Return what ``parser_process`` makes of the bytes; raise ``Unparsable``.

    ``reader`` is ``feed`` or ``page``. Takes a tenth of a second and more, not on this loop.
    """
    first = json.dumps({"reader": reader, **options}).encode()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "donna_skills.tools.parser_process"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={name: os.environ[name] for name in KEPT if name in os.environ},
    )
    try:
        async with asyncio.timeout(patience.total_seconds()):
            answer, _ = await process.communicate(first + b"\n" + body)
    except TimeoutError:
        waited = f"it took longer than {patience.total_seconds():g} seconds"
        raise Unparsable(reader, problem=waited) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise Unparsable(reader, problem="the parser gave up, or needed too much memory or time")
    found: Mapping[str, Any] = json.loads(answer)
    return found
