"""Worlds: where artifacts are kept. Kinds of worlds are listed here, never imported by name."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen

from donna_core.domain.workflow.ids import ArtifactId, is_name
from donna_core.domain.workflow.problems import found

FILESYSTEM = "donna.lib.worlds.filesystem"
PYTHON = "donna.lib.worlds.python"
SESSION = "session"


@frozen
class Entry:
    """A file that is an artifact, as listing found it. ``stamp`` changes when it does."""

    id: ArtifactId
    path: str
    stamp: tuple[int, int, int, int]


@frozen(kw_only=True)
class World:
    """A folder whose files are artifacts: ``a:b`` is ``a/b.md``.

    Files and folders whose names are no names of ids are passed over. Links are followed, each
    folder once.
    """

    id: str
    readonly: bool
    session: bool
    folder: Path
    extensions: Sequence[str]

    def entries(self) -> Iterator[Entry]:
        """Yield every file that counts, in no order; a world without a folder has none."""
        if self.folder.is_dir():
            yield from self._below(str(self.folder), (), {os.path.realpath(self.folder)})

    def candidates(self, artifact: ArtifactId) -> Sequence[Path]:
        """Return the files that are this artifact: none, one, or several by mistake."""
        folder = self.folder.joinpath(*artifact.path[:-1])
        stem = artifact.path[-1]
        try:
            listed = sorted(each.name for each in folder.iterdir())
        except OSError:
            return ()
        names = [name for name in listed if self._stem(name) == stem]
        return tuple(folder / name for name in names if (folder / name).is_file())

    def _below(self, folder: str, parts: tuple[str, ...], seen: set[str]) -> Iterator[Entry]:
        try:
            with os.scandir(folder) as listing:
                items = list(listing)
        except OSError:
            return
        for item in items:
            stem = self._stem(item.name)
            try:
                is_folder = item.is_dir()
                if is_folder and is_name(item.name):
                    real = os.path.realpath(item.path)
                    if real not in seen:
                        yield from self._below(item.path, (*parts, item.name), seen | {real})
                elif stem is not None and not is_folder:
                    stat = item.stat()
                    stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ctime_ns, stat.st_ino)
                    yield Entry(ArtifactId(self.id, (*parts, stem)), item.path, stamp)
            except OSError:
                continue  # a link that leads nowhere

    def _stem(self, name: str) -> str | None:
        stem, extension = os.path.splitext(name)  # noqa: PTH122  # called for every file there is
        return stem if extension.lower() in self.extensions and is_name(stem) else None


def copy_target(world: World, artifact: ArtifactId, extension: str) -> Path:
    """Return the file to write an artifact to; raise ``ProblemsFound`` where several are it."""
    existing = world.candidates(artifact)
    if len(existing) > 1:
        raise ambiguous(artifact, existing)
    return world.folder.joinpath(*artifact.path[:-1], artifact.path[-1] + extension)


def only_file(world: World, artifact: ArtifactId) -> Path:
    """Return the one file that is an artifact; raise ``ProblemsFound``."""
    files = world.candidates(artifact)
    if not files:
        fields = {"artifact_id": str(artifact), "world_id": world.id}
        raise found("workspaces.artifact_not_found", **fields)
    if len(files) > 1:
        raise ambiguous(artifact, files)
    return files[0]


def ambiguous(artifact: ArtifactId, files: Sequence[Path]) -> Exception:
    """Return the exception for an artifact that several files claim to be."""
    return found(
        "workspaces.artifact_multiple_files",
        artifact_id=str(artifact),
        world_id=artifact.world,
        details=", ".join(map(str, files)),
    )
