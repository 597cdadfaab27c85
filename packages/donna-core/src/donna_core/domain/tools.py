"""What a tool says of itself, one call of it and what came back: values, no doing."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from donna_core.domain.labels import NO_LABELS, Label, Labels


class Reach(StrEnum):
    """Which hosts a tool may speak to: none, those it declares, or any its arguments name."""

    NONE = "none"
    DECLARED = "declared"
    ANY = "any"


@frozen(kw_only=True)
class ToolSpec:
    """A tool's own account of itself, on which every permission rests.

    ``arguments`` and ``result`` are JSON Schemas (draft 2020-12) of objects. ``reads`` and
    ``writes`` name the places it touches (``tasks``, ``calendar``, ``web``); a tool that writes
    has an effect. ``hosts`` are the declared hosts where the reach is ``declared``. ``labels``
    are those of everything it returns. ``identity_args`` are the arguments that tell one call
    from another where results are recorded and played back; ``None`` means all of them.
    """

    name: str
    description: str
    arguments: Mapping[str, Any]
    result: Mapping[str, Any] = field(factory=lambda: {"type": "object"})
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    reach: Reach = Reach.NONE
    hosts: frozenset[str] = frozenset()
    labels: Labels = NO_LABELS
    identity_args: tuple[str, ...] | None = None

    @property
    def has_effect(self) -> bool:
        """Tell whether a call changes anything outside the run."""
        return bool(self.writes)

    def fingerprint(self, args: Mapping[str, Any]) -> str:
        """Return the name under which this call's result is recorded: ``tool:{json}``.

        The JSON is canonical (sorted keys, no spaces) and holds the identity arguments only;
        one that was not given is ``null``.
        """
        chosen = (
            args if self.identity_args is None else {k: args.get(k) for k in self.identity_args}
        )
        return f"{self.name}:{canonical(chosen)}"


@frozen(kw_only=True)
class ToolCall:
    """One call: which tool, with what, for which step of which attempt (counted from 1).

    ``call_id`` is drawn once and kept over a restart, so that an effect can be told from its
    repetition. ``args`` are JSON-ready; ``labels`` are those of all of them together.
    ``approval`` is the argument hash of what its owner approved, where that was asked for.
    """

    call_id: str
    tool: str
    args: Mapping[str, Any]
    step: str
    attempt: int = 1
    labels: Labels = NO_LABELS
    approval: str | None = None

    @property
    def argument_hash(self) -> str:
        """The SHA-256 (hex) of tool and exact arguments, to which an approval is bound."""
        return argument_hash(self.tool, self.args)

    def needs_approval(self, spec: ToolSpec) -> bool:
        """Tell whether it would have an effect with arguments that a stranger had a hand in."""
        return spec.has_effect and Label.UNTRUSTED in self.labels


@frozen(kw_only=True)
class ToolResult:
    """What a call returned, JSON-ready, with the labels of the tool and of its arguments.

    ``sources`` are the URIs of the texts in it that somebody wrote: ``vault:…``, ``task:…``.
    """

    value: Mapping[str, Any]
    labels: Labels = NO_LABELS
    sources: tuple[str, ...] = ()


def argument_hash(tool: str, args: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of the tool's name and its exact arguments."""
    return hashlib.sha256(f"{tool}:{canonical(args)}".encode()).hexdigest()


def canonical(value: object) -> str:
    """Return the value as the one JSON text it has: sorted keys, no spaces, no escapes."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
