"""requirements.lock is complete, hashed, and says nothing about where it was written."""

import re
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PYTHONS = ["3.11", "3.12", "3.13"]
PLATFORMS = [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("win32", "AMD64")]


@pytest.fixture(scope="module")
def entries(root: Path) -> list[str]:
    """Give the lock's entries: a requirement line and its hashes."""
    text = (root / "requirements.lock").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return re.split(r"\n(?=\S)", "\n".join(lines))


@pytest.fixture(scope="module")
def locked(entries: list[str]) -> list[Requirement]:
    """Give the pinned requirements."""
    return [Requirement(entry.split("\\")[0].strip()) for entry in entries]


def test_every_entry_is_pinned_and_hashed(entries: list[str]) -> None:
    """An entry has one exact version and at least one SHA-256."""
    shape = re.compile(r"[a-z0-9-]+==[^\s;]+( ; [^\\\n]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+")

    assert [entry for entry in entries if not shape.fullmatch(entry)] == []


def test_no_member_is_locked(
    locked: list[Requirement], manifests: dict[str, dict[str, Any]]
) -> None:
    """The lock holds packages of others only."""
    names = {manifest["project"]["name"] for manifest in manifests.values()}

    assert names.isdisjoint(requirement.name for requirement in locked)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(("system", "machine"), PLATFORMS)
def test_the_lock_satisfies_every_manifest(
    locked: list[Requirement],
    manifests: dict[str, dict[str, Any]],
    workspace: dict[str, Any],
    python: str,
    system: str,
    machine: str,
) -> None:
    """On each Python and platform, what is declared is pinned to a version that fits."""
    place = {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "sys_platform": system,
        "platform_machine": machine,
    }
    pins = {
        canonicalize_name(pin.name): pin.specifier
        for pin in locked
        if pin.marker is None or pin.marker.evaluate(place)
    }

    for requirement in declared(manifests, workspace):
        if requirement.marker is not None and not requirement.marker.evaluate(place):
            continue
        assert canonicalize_name(requirement.name) in pins, f"run nox -s lock for {requirement}"
        [pin] = pins[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(pin.version), f"run nox -s lock for {requirement}"


def test_there_is_no_second_lock(committed: list[Path]) -> None:
    """uv.lock is nobody's truth here."""
    assert "uv.lock" not in {path.name for path in committed}


def declared(manifests: dict[str, dict[str, Any]], workspace: dict[str, Any]) -> list[Requirement]:
    """Return what members, their extras, their build and the groups of the root ask for."""
    lines: list[str] = []
    for manifest in manifests.values():
        project = manifest["project"]
        extras = project.get("optional-dependencies", {}).values()
        lines += project["dependencies"] + manifest["build-system"]["requires"]
        lines += [line for extra in extras for line in extra]
    for group in workspace["dependency-groups"].values():
        lines += [line for line in group if isinstance(line, str)]
    members = {manifest["project"]["name"] for manifest in manifests.values()}
    return [asked for asked in map(Requirement, lines) if asked.name not in members]
