"""The capabilities there are, held against each other and against the tools there are."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from attrs import evolve, frozen
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from donna_core.domain.errors import DonnaError, InvalidInput
from donna_core.domain.skill.capability import Capability, CapabilityStatus, Trigger
from donna_skills.capabilities.matching import Matcher

DUPLICATE = 0.80
"""How alike two capabilities may be before somebody has to look at the newer one."""


@frozen(kw_only=True)
class ToolGap:
    """A tool that a capability would need and nobody registered."""

    capability: str
    tool: str


class UnusableCapability(InvalidInput):
    """The capability cannot be offered: its name is taken, or its schema is wrong."""

    def __init__(self, capability: str, *, problem: str) -> None:
        self.capability, self.problem = capability, problem
        super().__init__(f"The capability '{capability}' cannot be offered: {problem}.")


class CapabilityToolConfigError(DonnaError):
    """Capabilities that act by themselves need tools that are not there."""

    def __init__(self, gaps: Iterable[ToolGap]) -> None:
        self.gaps = tuple(gaps)
        listed = "; ".join(f"{gap.capability} needs {gap.tool}" for gap in self.gaps)
        super().__init__(f"Tools are missing: {listed}. Register them, or take the capability out.")


class Capabilities:
    """The capabilities of one user; ``matcher`` tells how alike two texts are."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._known: dict[str, Capability] = {}

    def all(self) -> tuple[Capability, ...]:
        """Return every capability, by name."""
        return tuple(self._known[name] for name in sorted(self._known))

    def get(self, name: str) -> Capability | None:
        """Return the capability of this name, or ``None``."""
        return self._known.get(name)

    def add(self, capability: Capability) -> Capability:
        """Take the capability in, for review where it is much like another, and return it.

        Raise ``UnusableCapability`` for a name that is taken or a schema that is none.
        """
        if capability.name in self._known:
            raise UnusableCapability(capability.name, problem="there is another of this name")
        try:
            Draft202012Validator.check_schema(capability.input_schema)
        except SchemaError as error:
            problem = f"its schema is wrong: {error.message}"
            raise UnusableCapability(capability.name, problem=problem) from error
        near = self._matcher.nearest(capability.text, limit=1)
        if near and near[0].score >= DUPLICATE:
            capability = evolve(capability, status=CapabilityStatus.PENDING)
        self._known[capability.name] = capability
        self._matcher.put(capability.name, capability.text)
        return capability

    def check_tools(self, registered: AbstractSet[str]) -> tuple[ToolGap, ...]:
        """Return the tools that capabilities nobody triggers would miss.

        Raise ``CapabilityToolConfigError`` where one that acts by itself misses a tool.
        """
        fatal: list[ToolGap] = []
        possible: list[ToolGap] = []
        for capability in self.all():
            acts = capability.status is CapabilityStatus.ACTIVE
            acts = acts and capability.trigger is not Trigger.ON_MANUAL
            for tool in sorted(capability.tools - registered):
                gap = ToolGap(capability=capability.name, tool=tool)
                (fatal if acts else possible).append(gap)
        if fatal:
            raise CapabilityToolConfigError(fatal)
        return tuple(possible)
