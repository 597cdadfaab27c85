"""Names, patterns and numbered ids of workflows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.workflow.ids import (
    ArtifactId,
    Pattern,
    base62,
    is_numbered,
    numbered,
    parse_artifact_id,
    parse_operation_id,
    parse_pattern,
)
from donna_core.domain.workflow.problems import ProblemsFound

NAMES = st.sampled_from(["a", "b", "intro"])
IDS = st.lists(NAMES, min_size=2, max_size=5)
PATTERNS = st.lists(st.one_of(NAMES, st.sampled_from(["*", "**"])), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("number", "digits"), [(0, "a"), (25, "z"), (26, "A"), (61, "9"), (62, "ba"), (100, "bM")]
)
def test_checks_are_in_base_62(number: int, digits: str) -> None:
    """The digits are a–z, A–Z and 0–9, the most significant first."""
    assert base62(number) == digits


@given(prefix=st.sampled_from(["T", "WU", "AR"]), number=st.integers(0, 10**12))
def test_numbered_ids_check_themselves(prefix: str, number: int) -> None:
    """An id is recognised, and not with another check."""
    identity = numbered(prefix, number)

    assert is_numbered(identity)
    assert not is_numbered(identity + "a")


@pytest.mark.parametrize("text", ["", "AR", "AR-5", "AR-5-g", "AR--5-", "AR-x-f", "AR-٥-f"])
def test_malformed_numbered_ids_are_seen(text: str) -> None:
    """Whatever lacks a number or its check is none."""
    assert not is_numbered(text)


def matches(pattern: list[str], parts: list[str]) -> bool:
    """Say by the definition whether a pattern matches."""
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(matches(pattern[1:], parts[n:]) for n in range(len(parts) + 1))
    return bool(parts) and pattern[0] in {"*", parts[0]} and matches(pattern[1:], parts[1:])


@given(pattern=PATTERNS, parts=IDS)
def test_patterns_match_as_defined(pattern: list[str], parts: list[str]) -> None:
    """The expression agrees with the definition for every pattern and id."""
    artifact = ArtifactId(parts[0], tuple(parts[1:]))

    assert Pattern(tuple(pattern)).matches(artifact) == matches(pattern, parts)


@given(parts=IDS)
def test_ids_survive_a_round_trip(parts: list[str]) -> None:
    """What is parsed is shown as it was written."""
    text = ":".join(parts)

    assert str(parse_artifact_id(text)) == text
    assert str(parse_operation_id(f"{text}:op")) == f"{text}:op"


@pytest.mark.parametrize(
    ("parse", "text", "id_type", "value"),
    [
        (parse_artifact_id, "world", "FullArtifactId format", "world"),
        (parse_artifact_id, "a:1b", "FullArtifactId format", "a:1b"),
        (parse_operation_id, "op", "FullArtifactSectionId format", "op"),
        (parse_operation_id, "a:b:c-d", "ArtifactSectionId", "c-d"),
        (parse_operation_id, "a-b:c:d", "FullArtifactId format", "a-b:c"),
        (parse_pattern, "a:b*", "FullArtifactIdPattern", "a:b*"),
    ],
)
def test_malformed_ids_are_named(parse: object, text: str, id_type: str, value: str) -> None:
    """The problem says what should have been there, and what was."""
    with pytest.raises(ProblemsFound) as caught:
        parse(text)  # type: ignore[operator]  # one of the parsers above

    assert caught.value.problems[0].fields == {"id_type": id_type, "value": value}
