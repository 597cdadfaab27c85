"""How worlds, artifacts, operations and the things of a session are called.

A name is what Python takes for an identifier, keywords included. Ids are texts, so that they
travel as they are; the functions here take them apart and refuse those that are malformed.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from attrs import frozen

from donna_core.domain.workflow.problems import found

SEPARATOR = ":"
TASK_SESSION = "task_"
"""What the names of sessions begin with in which the workflows of tasks run."""
_DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@frozen(order=True)
class ArtifactId:
    """An artifact with its world, such as ``project:work:polish``."""

    world: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return SEPARATOR.join((self.world, *self.path))

    def operation(self, local: str) -> "OperationId":
        """Return the id of a section of this artifact."""
        return OperationId(self, local)


@frozen
class OperationId:
    """A section of an artifact, such as ``project:work:polish:start``."""

    artifact: ArtifactId
    local: str

    def __str__(self) -> str:
        return f"{self.artifact}{SEPARATOR}{self.local}"


def is_name(text: object) -> bool:
    """Say whether this is a text that may be part of an id."""
    return isinstance(text, str) and text.isidentifier()


def parse_artifact_id(text: str) -> ArtifactId:
    """Return the artifact that the text names; raise ``ProblemsFound``."""
    parts = text.split(SEPARATOR)
    if len(parts) < 2 or not all(map(is_name, parts)):
        raise found("domain.invalid_id_format", id_type="FullArtifactId format", value=text)
    return ArtifactId(parts[0], tuple(parts[1:]))


def parse_operation_id(text: str) -> OperationId:
    """Return the operation that the text names; raise ``ProblemsFound``."""
    artifact, separator, local = text.rpartition(SEPARATOR)
    if not separator:
        raise found("domain.invalid_id_format", id_type="FullArtifactSectionId format", value=text)
    owner = parse_artifact_id(artifact)
    return OperationId(owner, parse_name(local))


def parse_name(text: object) -> str:
    """Return the text as the id of a section within its artifact; raise ``ProblemsFound``."""
    if not isinstance(text, str) or not is_name(text):
        raise found("domain.invalid_id_format", id_type="ArtifactSectionId", value=str(text))
    return text


@frozen
class Pattern:
    """Which artifacts are meant: names, ``*`` for one part, ``**`` for any number of them."""

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return SEPARATOR.join(self.parts)

    def matches(self, artifact: ArtifactId) -> bool:
        """Say whether the whole id, its world included, fits."""
        return _expression(self.parts).fullmatch(f"{artifact}{SEPARATOR}") is not None


def parse_pattern(text: str) -> Pattern:
    """Return the pattern that the text is; raise ``ProblemsFound``."""
    parts = tuple(text.split(SEPARATOR))
    if not all(part in {"*", "**"} or is_name(part) for part in parts):
        raise found("domain.invalid_id_pattern", id_type="FullArtifactIdPattern", value=text)
    return Pattern(parts)


@lru_cache(maxsize=64)
def _expression(parts: Sequence[str]) -> re.Pattern[str]:
    one = f"[^{SEPARATOR}]+{SEPARATOR}"
    wild = {"*": one, "**": f"(?:{one})*"}
    return re.compile("".join(wild.get(part, re.escape(part) + SEPARATOR) for part in parts))


def numbered(prefix: str, number: int) -> str:
    """Return the id of something in a session: ``AR`` and 5 give ``AR-5-f``."""
    return f"{prefix}-{number}-{base62(number)}"


def base62(number: int) -> str:
    """Return the number in the digits a–z, A–Z, 0–9, the most significant first."""
    digits = ""
    while True:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
        if not number:
            return digits


def is_numbered(text: str) -> bool:
    """Say whether the text ends in a number and its check, whatever stands before."""
    parts = text.rsplit("-", 2)
    if len(parts) != 3 or not (parts[1].isascii() and parts[1].isdecimal()):
        return False
    return parts[2] == base62(int(parts[1]))
