"""What a new workspace brings along, and what it leaves alone."""

from pathlib import Path

import pytest

from donna_core.domain.workflow.problems import ProblemsFound
from donna_skills.workflows.initialization import initialize, install_instructions
from donna_skills.workflows.workspace import find_project, open_workspace


def test_the_paragraph_is_added_once_and_renewed(tmp_path: Path) -> None:
    """Everything else in the file stays, whatever its encoding."""
    agents = tmp_path / "AGENTS.md"
    agents.write_bytes(b"# Ours\n\nNa\xefve.")
    first = install_instructions(tmp_path)
    text = agents.read_bytes()
    agents.write_bytes(text.replace(b"## Workflows", b"## Old words") + b"\nAfter.\n")

    assert agents in first
    assert install_instructions(tmp_path) == [agents]
    assert agents.read_bytes() == text + b"\nAfter.\n"
    assert text.startswith(b"# Ours\n\nNa\xefve.\n\n<!-- donna: begin -->\n## Workflows")
    assert install_instructions(tmp_path) == []


def test_the_home_folder_is_no_project_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The world `home` lives there; only an initialised workspace counts."""
    monkeypatch.setenv("HOME", str(tmp_path))
    below = tmp_path / "elsewhere"
    (tmp_path / ".donna" / "home").mkdir(parents=True)
    below.mkdir()

    with pytest.raises(ProblemsFound):
        find_project(below)
    initialize(tmp_path)
    assert find_project(below) == tmp_path
    with pytest.raises(ProblemsFound):
        initialize(tmp_path)


def test_the_written_configuration_says_the_defaults(tmp_path: Path) -> None:
    """Reading it gives the very workspace that there is without it."""
    initialize(tmp_path.resolve())
    written = open_workspace(tmp_path)
    (tmp_path / ".donna" / "config.toml").unlink()

    assert open_workspace(tmp_path) == written
    assert [world.id for world in written.worlds] == ["donna", "home", "project", "session"]


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where a folder has to be is a problem with a path, not a crash."""
    (tmp_path / ".claude").write_text("")

    with pytest.raises(ProblemsFound) as caught:
        install_instructions(tmp_path)

    assert str(caught.value.problems[0].fields["path"]).endswith("SKILL.md")
