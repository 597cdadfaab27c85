"""Looking at what an act raises, without a test framework."""

from collections.abc import Awaitable

from donna_core.domain.errors import DonnaError


async def failure(act: Awaitable[object]) -> DonnaError:
    """Return the error of Donna's that the act raises; it is a fault when it raises none."""
    try:
        outcome = await act
    except DonnaError as problem:
        return problem
    raise AssertionError(f"nothing was raised; the outcome was {outcome!r}")
