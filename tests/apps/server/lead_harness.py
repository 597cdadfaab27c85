"""Start several orchestrators on one data folder at once, again and again.

Run as a program with a folder and a number of rounds; it prints how many led in each round. It
forks, so that all of a round begin together.
"""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

from donna_adapters.compose.build import open_runtime
from donna_adapters.compose.settings import Options
from donna_adapters.system.leadership import AlreadyLed
from donna_server.orchestrator import supervise

STARTERS = 3
REFUSED = 75


def main(folder: Path, rounds: int) -> None:
    """Report the leaders of each round."""
    leaders = [leaders_of(folder) for _ in range(rounds)]
    sys.stdout.write(json.dumps(leaders))


def leaders_of(folder: Path) -> int:
    """Start all at once; wait until the others were refused, and end whoever leads."""
    starters = set()
    for _ in range(STARTERS):
        starter = os.fork()
        if starter == 0:
            os._exit(asyncio.run(start(folder)))
        starters.add(starter)
    refused = 0
    while refused < STARTERS - 1:
        ended, status = os.wait()
        starters.discard(ended)
        refused += os.waitstatus_to_exitcode(status) == REFUSED
        if not starters:
            break
    for leader in starters:
        os.kill(leader, signal.SIGKILL)
        os.waitpid(leader, 0)
    return len(starters)


async def start(folder: Path) -> int:
    """Lead until killed, or say that another one does."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options = Options(output=lambda _: None, data_dir=folder, environment={})
    async with open_runtime(options) as composed:
        try:
            await supervise(composed, port=port)
        except AlreadyLed:
            return REFUSED
    return 0


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
