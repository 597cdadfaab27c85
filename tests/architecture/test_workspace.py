"""The packages are listed once, versioned together and built alike."""

import re
from pathlib import Path
from typing import Any


def test_every_package_is_a_member(
    root: Path, packages: dict[str, Path], workspace: dict[str, Any]
) -> None:
    """A folder with a manifest is listed by name, and every listed one can be imported."""
    manifests = [*root.glob("packages/*/pyproject.toml"), *root.glob("apps/*/pyproject.toml")]
    found = {path.parent for path in manifests}

    assert {root / name for name in workspace["tool"]["uv"]["workspace"]["members"]} == found
    assert set(packages.values()) == found


def test_tools_know_every_package(
    packages: dict[str, Path], workspace: dict[str, Any], root: Path
) -> None:
    """The import contracts and the type checker look at every member."""
    sources = {(folder / "src").relative_to(root).as_posix() for folder in packages.values()}
    tools = workspace["tool"]

    assert set(tools["importlinter"]["root_packages"]) == set(packages)
    assert {path.partition("/")[2] for path in tools["mypy"]["mypy_path"]} == sources
    assert sources <= set(tools["mypy"]["files"])


def test_versions_are_in_lockstep(
    manifests: dict[str, dict[str, Any]], sources: dict[str, str]
) -> None:
    """There is one version, and a member asks for exactly that version of another."""
    names = {manifest["project"]["name"] for manifest in manifests.values()}
    versions = {manifest["project"]["version"] for manifest in manifests.values()}
    literals = {
        literal
        for text in sources.values()
        for literal in re.findall(r'^__version__ = "(.*)"$', text, re.MULTILINE)
    }
    [version] = versions

    assert literals <= versions
    for manifest in manifests.values():
        for requirement in manifest["project"]["dependencies"]:
            if re.split(r"[ =<>!~;\[]", requirement)[0] in names:
                assert requirement.endswith(f"=={version}")


def test_packages_are_built_alike(
    root: Path, packages: dict[str, Path], manifests: dict[str, dict[str, Any]]
) -> None:
    """Every package has a readme, the licence, a description and the same Python range."""
    for name, folder in packages.items():
        project = manifests[name]["project"]

        assert (folder / "README.md").is_file()
        assert (folder / "LICENSE").read_text() == (root / "LICENSE").read_text()
        assert (project["requires-python"], project["license"]) == (">=3.11", "MIT")
        assert project["description"].endswith(".")


def test_defaults_are_the_config_folder(root: Path, packages: dict[str, Path]) -> None:
    """The core ships the very files of config, through a link and not a copy."""
    defaults = packages["donna_core"] / "src" / "donna_core" / "defaults"

    assert defaults.is_symlink()
    assert defaults.resolve() == root / "config"
    assert list(defaults.glob("*.yaml"))
