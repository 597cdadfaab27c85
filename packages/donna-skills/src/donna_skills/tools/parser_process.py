"""The process that takes one page or feed apart and ends; started by ``parsing``.

What strangers wrote may make any parser slow or large. Here that hits a limit of the system.
"""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from donna_skills.tools.feed_reading import feed_of
from donna_skills.tools.page_reading import page_of

MEMORY = 1 << 30  # bytes of address space
SECONDS = 5  # of computing

READERS: Mapping[str, Callable[[bytes, Mapping[str, Any]], Mapping[str, Any]]] = {
    "feed": feed_of,
    "page": page_of,
}


def main() -> None:
    """Read the options (a line of JSON) and the bytes from stdin, write the result as JSON."""
    _limit()
    options = json.loads(sys.stdin.buffer.readline())
    found = READERS[options["reader"]](sys.stdin.buffer.read(), options)
    json.dump(found, sys.stdout)


def _limit() -> None:
    try:
        import resource  # noqa: PLC0415  # not on Windows, where the caller's patience is the limit
    except ImportError:
        return
    for kind, limit in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        _, most = resource.getrlimit(kind)
        fits = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(kind, (fits, most))


if __name__ == "__main__":
    main()
