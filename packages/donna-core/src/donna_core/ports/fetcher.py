"""Reading pages from the public web."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from attrs import frozen

from donna_core.domain.errors import Degraded, Refused

PATIENCE = timedelta(seconds=10)
"""How long a page may take, redirects included, where nobody says otherwise."""


class AddressRefused(Refused):
    """The address is none that may be read; nothing was sent to it."""

    def __init__(self, url: str, *, problem: str) -> None:
        self.url, self.problem = url, problem
        super().__init__(f"'{url}' was not read: {problem}. Name a page of the public web.")


class FetchFailed(Degraded):
    """The page could not be read.

    ``kind`` is the failure in one word; ``retryable`` says whether the same may succeed later.
    """

    def __init__(self, url: str, *, kind: str, problem: str, retryable: bool) -> None:
        self.url, self.kind, self.problem, self.retryable = url, kind, problem, retryable
        super().__init__(f"'{url}' could not be read: {problem}.")


@frozen(kw_only=True)
class Page:
    """What a server answered; ``url`` is where the redirects ended.

    Names of headers are in lower case. ``body`` is decoded from its transfer coding and cut
    at the fetcher's limit where ``truncated``; ``charset`` is what the server says of it.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    charset: str = "utf-8"
    truncated: bool = False

    @property
    def text(self) -> str:
        """The body as text; bytes that are none in its charset become replacement marks."""
        try:
            return self.body.decode(self.charset, errors="replace")
        except LookupError:
            return self.body.decode("utf-8", errors="replace")


class Fetcher(Protocol):
    """Reads pages with GET, without cookies or credentials, from public addresses only."""

    @abstractmethod
    async def fetch(self, url: str, *, patience: timedelta = PATIENCE) -> Page:
        """Return what the server answers, whatever its status.

        Redirects are followed, each held to the same rules as the first address. Raise
        ``AddressRefused`` for what must not be reached and ``FetchFailed`` for what cannot be.
        """
