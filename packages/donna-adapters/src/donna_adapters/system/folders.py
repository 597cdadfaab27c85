"""The folder Donna keeps everything in."""

import os
from collections.abc import Mapping
from pathlib import Path

from donna_core.domain.errors import StorageUnavailable

OWNER_ONLY = 0o700
HOME_VARIABLE = "DONNA_HOME"


def data_folder(
    asked_for: Path | None = None, *, environment: Mapping[str, str] = os.environ
) -> Path:
    """Return Donna's data folder, created for its owner only (0700) when it is not there.

    What was asked for (``--data-dir``) goes before ``DONNA_HOME``, and that before the user's
    data folder by the customs of the platform (XDG on Linux). A folder that exists keeps its
    mode. Raise ``StorageUnavailable`` when it cannot be created, is no folder or cannot be
    written.
    """
    folder, source = _place(asked_for, environment)
    try:
        folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
    except FileExistsError:
        raise StorageUnavailable(
            f"{folder} ({source}) is not a folder", remedy=_other_folder()
        ) from None
    except OSError as problem:
        raise StorageUnavailable(
            f"the folder {folder} ({source}) cannot be created: {problem.strerror}",
            remedy=_other_folder(),
        ) from None
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise StorageUnavailable(
            f"the folder {folder} ({source}) cannot be written",
            remedy=f"Make it writable (chmod u+rwx '{folder}'), or: {_other_folder()}",
        )
    return folder


def _place(asked_for: Path | None, environment: Mapping[str, str]) -> tuple[Path, str]:
    """Return the folder in question, absolute, and who named it."""
    if asked_for is not None:
        return _absolute(asked_for), "--data-dir"
    if named := environment.get(HOME_VARIABLE):
        return _absolute(Path(named)), HOME_VARIABLE
    from platformdirs import user_data_path  # noqa: PLC0415  # most commands are told the folder

    return user_data_path("donna", appauthor=False), "the default"


def _absolute(path: Path) -> Path:
    """Return the path as the rest of Donna can use it from any working directory."""
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        return path.absolute()


def _other_folder() -> str:
    return f"Name another folder with --data-dir or {HOME_VARIABLE}."
