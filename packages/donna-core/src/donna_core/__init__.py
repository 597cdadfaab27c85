"""Donna's core: a pure domain, the ports it needs, and the use cases between them."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # for type checkers; at runtime the facade is imported when it is asked for
    from donna_core.local.donna import Donna

__all__ = ["Donna"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import the facade on first use, so that nobody else pays for it."""
    if name in __all__:
        return getattr(import_module("donna_core.local.donna"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
