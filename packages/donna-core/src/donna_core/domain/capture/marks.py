"""Marks people type on purpose: #tag, @context, !4."""

from collections.abc import Sequence

from attrs import frozen

from donna_core.domain.capture.tokens import Shape, Token
from donna_core.domain.tasks.task import Domain


@frozen(kw_only=True)
class Marks:
    """What the marks of a text say, and the tokens they are."""

    tags: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    domain: Domain | None = None
    priority: int | None = None
    tokens: tuple[int, ...] = ()


def read_marks(tokens: Sequence[Token]) -> Marks:
    """Return the tags and contexts in order, the last domain and the last priority marked.

    ``#x`` is the tag ``x``; ``@x`` is a domain where it names one and a context otherwise.
    """
    tags: list[str] = []
    contexts: list[str] = []
    domain: Domain | None = None
    priority: int | None = None
    places = []
    for place, token in enumerate(tokens):
        if token.shape is not Shape.MARK:
            continue
        places.append(place)
        name = token.text[1:].casefold()
        if token.text[0] == "!":
            priority = int(name)
        elif token.text[0] == "@" and name in set(Domain):
            domain = Domain(name)
        elif token.text[0] == "#":
            tags.append(name)
        else:
            contexts.append(name)
    return Marks(
        tags=tuple(dict.fromkeys(tags)),
        contexts=tuple(dict.fromkeys(contexts)),
        domain=domain,
        priority=priority,
        tokens=tuple(places),
    )
