"""The workspace: which folder is the project, and what its configuration says."""

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from attrs import evolve, frozen

from donna_core.domain.workflow.artifact import PRIMARY, Kind
from donna_core.domain.workflow.configuration import text, texts
from donna_core.domain.workflow.ids import is_name
from donna_core.domain.workflow.problems import found
from donna_skills.workflows.modules import folder_of, text_constant
from donna_skills.workflows.worlds import FILESYSTEM, PYTHON, SESSION, World

T = TypeVar("T")

FOLDER = ".donna"
CONFIG = "config.toml"
SOURCE_KIND = "donna.lib.sources.markdown"
ROOT_ATTRIBUTE = "donna_artifacts_root"
BUNDLED = "donna"
"""The package name by which configurations mean the artifacts that come with Donna."""
EXTENSIONS = (".md", ".markdown")


@frozen(kw_only=True)
class MarkdownSource:
    """Which files are artifacts, and what they take for granted."""

    extensions: Sequence[str] = EXTENSIONS
    default_kind: str = Kind.TEXT
    default_primary: str = PRIMARY


@frozen(kw_only=True)
class Workspace:
    """A project and its worlds, in the order of the configuration."""

    project: Path
    worlds: Sequence[World]
    sources: Sequence[MarkdownSource]
    tmp: Path

    @property
    def folder(self) -> Path:
        """Where Donna keeps what belongs to the project."""
        return self.project / FOLDER

    def world(self, world_id: str) -> World:
        """Return the first world of that id; raise ``ProblemsFound``."""
        for world in self.worlds:
            if world.id == world_id:
                return world
        raise found("workspaces.world_not_configured", world_id=world_id)

    def session_world(self) -> World:
        """Return the world that keeps the state; raise ``ProblemsFound``."""
        world = self.world(SESSION)
        if not world.session:
            raise found("workspaces.state_storage_unsupported", world_id=world.id)
        return world

    def source_for(self, extension: str) -> MarkdownSource | None:
        """Return the source that reads files of an extension."""
        wanted = extension.lower()
        return next((each for each in self.sources if wanted in each.extensions), None)


def find_project(start: Path) -> Path:
    """Return the nearest folder from here upwards that is a workspace; raise ``ProblemsFound``.

    ``.donna`` in the home folder is where the world ``home`` lives. That alone makes it no
    workspace; a configuration written by ``workspaces init`` does.
    """
    home = Path.home()
    for folder in (start, *start.parents):
        inside = folder / FOLDER
        if inside.is_dir() and (folder != home or (inside / CONFIG).is_file()):
            return folder
    raise found("core.project_dir_not_found", donna_dir_name=FOLDER)


def open_workspace(start: Path, session: str | None = None) -> Workspace:
    """Return the workspace that a folder belongs to; raise ``ProblemsFound``.

    ``session`` names the session to work in; without it, it is the one that the world
    ``session`` of the configuration keeps.
    """
    project = find_project(start.resolve())
    path = project / FOLDER / CONFIG
    workspace = _configured(project, path, _read(path))
    if session is None:
        return workspace
    if not is_name(session):
        raise found("domain.invalid_id_format", id_type="session name", value=session)
    place = workspace.folder / "sessions" / session
    worlds = [
        evolve(world, folder=place) if world.id == SESSION and world.session else world
        for world in workspace.worlds
    ]
    tmp = workspace.tmp.with_name(f"{workspace.tmp.name}-{session}")
    return evolve(workspace, worlds=worlds, tmp=tmp)


def default_worlds(project: Path) -> list[dict[str, Any]]:
    """Return the worlds of a workspace whose configuration names none."""
    inside = project / FOLDER

    def folder(name: str, path: Path, *, readonly: bool, session: bool) -> dict[str, Any]:
        return {
            "kind": FILESYSTEM, "id": name, "readonly": readonly, "session": session,
            "path": str(path),
        }  # fmt: skip

    return [
        {"kind": PYTHON, "id": "donna", "readonly": True, "session": False, "package": BUNDLED},
        folder("home", Path.home() / FOLDER / "home", readonly=True, session=False),
        folder("project", inside / "project", readonly=False, session=False),
        folder("session", inside / "session", readonly=False, session=True),
    ]


def bundle() -> Path:
    """Return the folder of the artifacts that come with Donna."""
    return Path(__file__).parent / "bundle"


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        fields = {"config_path": str(path), "details": str(error)}
        raise found("workspaces.config_parse_failed", location=f"{path}:1", **fields) from error
    except OSError as error:
        fields = {"config_path": str(path), "details": error.strerror or str(error)}
        raise found("workspaces.config_validation_failed", **fields) from error


def _configured(project: Path, path: Path, given: Mapping[str, Any]) -> Workspace:
    try:
        return _workspace(project, given)
    except (ValueError, KeyError, RuntimeError) as error:
        details = f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else str(error)
        fields = {"config_path": str(path), "details": details}
        location = f"{path}:1"
        raise found("workspaces.config_validation_failed", location=location, **fields) from error


def _workspace(project: Path, given: Mapping[str, Any]) -> Workspace:
    unknown = sorted(given.keys() - {"worlds", "sources", "tmp_dir"})
    if unknown:
        raise ValueError(f"unknown key `{unknown[0]}`")
    sources = tuple(_source(each) for each in _tables(given, "sources", [{"kind": SOURCE_KIND}]))
    extensions = tuple(dict.fromkeys(one for each in sources for one in each.extensions))
    worlds = tuple(
        _world(each, project, extensions)
        for each in _tables(given, "worlds", default_worlds(project))
    )
    tmp = _value(given, "tmp_dir", text, "./tmp")
    folder = Path(os.path.normpath(project / FOLDER / Path(tmp).expanduser()))
    return Workspace(project=project, worlds=worlds, sources=sources, tmp=folder)


def _world(given: Mapping[str, Any], project: Path, extensions: Sequence[str]) -> World:
    kind = _value(given, "kind", text)
    world_id = _value(given, "id", text)
    if not is_name(world_id):
        raise ValueError(f"`{world_id}` is no name for a world")
    match kind:
        case "donna.lib.worlds.filesystem":
            path = Path(_value(given, "path", text)).expanduser()
            folder = Path(os.path.normpath(project / path))
            readonly = _value(given, "readonly", _flag)
        case "donna.lib.worlds.python":
            folder = _package_folder(_value(given, "package", text))
            _value(given, "readonly", _flag)
            readonly = True
        case _:
            raise ValueError(f"unknown kind of world `{kind}`; known are {FILESYSTEM} and {PYTHON}")
    session = _value(given, "session", _flag)
    return World(
        id=world_id,
        readonly=readonly,
        session=session and kind == FILESYSTEM,
        folder=folder,
        extensions=extensions,
    )


def _package_folder(package: str) -> Path:
    """Return the folder of a package's artifacts, without importing the package."""
    if package == BUNDLED:
        return bundle()
    root = text_constant(package, ROOT_ATTRIBUTE)
    if root is None:
        if folder_of(package) is None:
            raise ValueError(f"there is no package `{package}`")
        raise ValueError(f"the package `{package}` sets no text `{ROOT_ATTRIBUTE}`")
    folder = folder_of(root)
    if folder is None:
        raise ValueError(f"`{ROOT_ATTRIBUTE}` of `{package}` names no package: `{root}`")
    return folder


def _source(given: Mapping[str, Any]) -> MarkdownSource:
    known = {"kind", "supported_extensions", "default_section_kind", "default_primary_section_id"}
    kind = _value(given, "kind", text)
    if kind != SOURCE_KIND:
        raise ValueError(f"unknown kind of source `{kind}`; known is {SOURCE_KIND}")
    unknown = sorted(given.keys() - known)
    if unknown:
        raise ValueError(f"unknown key `{unknown[0]}` in `sources`")
    extensions = _value(given, "supported_extensions", texts, list(EXTENSIONS))
    dotted = (each.lower() if each.startswith(".") else f".{each.lower()}" for each in extensions)
    primary = _value(given, "default_primary_section_id", text, PRIMARY)
    if not is_name(primary):
        raise ValueError(f"`{primary}` is no name for a section")
    return MarkdownSource(
        extensions=tuple(dict.fromkeys(dotted)),
        default_kind=_value(given, "default_section_kind", text, str(Kind.TEXT)),
        default_primary=primary,
    )


def _tables(
    given: Mapping[str, Any], key: str, default: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    tables = given.get(key, default)
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise ValueError(f"`{key}` must be a list of tables")
    return tables


def _value(
    given: Mapping[str, Any], key: str, read: Callable[[Any], T], default: T | None = None
) -> T:
    if key not in given and default is not None:
        return default
    value = given[key]
    try:
        return read(value)
    except ValueError as error:
        raise ValueError(f"`{key}` cannot be {value!r}") from error


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError  # noqa: TRY004  # told apart nowhere
    return value
