"""One orchestrator of several on the same data, whose clock stands where a file says.

Run as a program with a data folder and the path of the clock; it writes each message it sends
as a line into the folder's ``sent``, and works until it is killed.
"""

import asyncio
import os
import socket
import sys
from pathlib import Path

from donna_adapters.compose.build import open_runtime
from donna_adapters.compose.settings import Options
from donna_core.testing.file_clock import FileClock
from donna_server.orchestrator import supervise


async def work(folder: Path, clock: FileClock) -> None:
    """Lead, or stand by for whoever does."""
    sent = os.open(folder / "sent", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def say(text: str) -> None:
        os.write(sent, f"{' '.join(text.split())}\n".encode())

    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    async with open_runtime(Options(output=say, data_dir=folder), clock=clock) as composed:
        await supervise(composed, port=port)


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), FileClock(Path(sys.argv[2]))))
