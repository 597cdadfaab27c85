"""The data folder is where the person said, closed to others, or an error says why not."""

from pathlib import Path

import pytest

from donna_adapters.system.folders import data_folder
from donna_core.domain.errors import StorageUnavailable


def test_the_option_goes_before_the_variable(tmp_path: Path) -> None:
    """What was asked for on the command line wins."""
    environment = {"DONNA_HOME": str(tmp_path / "variable")}

    assert data_folder(tmp_path / "option", environment=environment) == tmp_path / "option"
    assert data_folder(environment=environment) == tmp_path / "variable"
    assert (tmp_path / "option").is_dir()


@pytest.mark.parametrize("unset", [{}, {"DONNA_HOME": ""}])
def test_the_customs_of_the_platform_come_last(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, unset: dict[str, str]
) -> None:
    """Without a word from anybody it is the user's data folder."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = data_folder(environment=unset)

    assert folder.is_relative_to(tmp_path)
    assert folder.name == "donna"
    assert folder.is_dir()


def test_a_new_folder_is_for_its_owner_only(tmp_path: Path) -> None:
    """Nobody else may look into it; one that was there keeps its mode."""
    there = tmp_path / "there"
    there.mkdir(mode=0o755)

    assert data_folder(tmp_path / "a" / "new").stat().st_mode & 0o777 == 0o700
    assert data_folder(there).stat().st_mode & 0o777 == 0o755


def test_a_home_and_a_relative_path_are_made_absolute(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The folder stays the same when the working directory changes later."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    assert data_folder(Path("~/donna")) == tmp_path / "donna"
    assert data_folder(environment={"DONNA_HOME": "here"}) == tmp_path / "here"


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_file_in_the_way_is_an_error_with_a_remedy(tmp_path: Path, below: str) -> None:
    """The message names the path, who asked for it, and the other ways to name one."""
    occupied = tmp_path / "occupied"
    occupied.write_text("")

    with pytest.raises(StorageUnavailable, match=r"occupied.*--data-dir") as raised:
        data_folder(occupied / below)
    assert "DONNA_HOME" in raised.value.remedy
