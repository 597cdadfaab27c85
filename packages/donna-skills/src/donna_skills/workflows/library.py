"""All artifacts of a workspace: found, read, and changed one whole file at a time."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from donna_core.domain.workflow.problems import Problem, ProblemsFound, found
from donna_core.domain.workflow.validation import ADVISORY, validate
from donna_core.local.ids import wall_milliseconds
from donna_skills.workflows.files import remove as remove_file
from donna_skills.workflows.files import write
from donna_skills.workflows.index import Index, Summary
from donna_skills.workflows.modules import names_in
from donna_skills.workflows.worlds import ambiguous, copy_target, only_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from donna_core.domain.workflow.ids import ArtifactId, Pattern
    from donna_skills.workflows.documents import Loaded
    from donna_skills.workflows.speaker import Speaker
    from donna_skills.workflows.workspace import Workspace
    from donna_skills.workflows.worlds import Entry


@frozen(kw_only=True)
class Listed:
    """One artifact of a listing: its summary, or why it cannot be read."""

    id: ArtifactId
    summary: Summary | None = None
    problems: Sequence[Problem] = ()


class Library:
    """Reads and changes the artifacts of a workspace. Everything may raise ``ProblemsFound``."""

    def __init__(self, workspace: Workspace, speaker: Speaker) -> None:
        self._workspace = workspace
        self._speaker = speaker
        self._loaded: dict[ArtifactId, Loaded] = {}

    # --- finding ---

    def entries(self, pattern: Pattern) -> Iterator[tuple[ArtifactId, Sequence[Entry]]]:
        """Yield the artifacts that a pattern matches, each with its files, in listing order.

        The last world of the configuration comes first; within a world ids are sorted.
        """
        for world in reversed(self._workspace.worlds):
            if pattern.parts[0] not in {world.id, "*", "**"}:
                continue
            met: dict[ArtifactId, list[Entry]] = {}
            for entry in world.entries():
                if pattern.matches(entry.id):
                    met.setdefault(entry.id, []).append(entry)
            yield from sorted(met.items(), key=lambda item: str(item[0]))

    def listed(self, pattern: Pattern, tags: Sequence[str]) -> Iterator[Listed]:
        """Yield the heads of the artifacts that match; one that is unreadable hides no other."""
        speaker = self._speaker
        place = self._workspace.folder / "cache" / f"index-{speaker.protocol}.json"
        index = Index(place, variant=f"{speaker}:{self._workspace.sources}")
        try:
            for artifact, files in self.entries(pattern):
                try:
                    summary = self._summary(artifact, files, index)
                except ProblemsFound as error:
                    yield Listed(id=artifact, problems=error.problems)
                    continue
                if set(tags) <= set(summary.tags):
                    yield Listed(id=artifact, summary=summary)
        finally:
            index.save()

    def selected(
        self, pattern: Pattern, tags: Sequence[str]
    ) -> Iterator[tuple[ArtifactId, Loaded | ProblemsFound]]:
        """Yield the artifacts that match, each loaded or with the reason why it is not."""
        for artifact, _ in self.entries(pattern):
            try:
                loaded = self.load(artifact)
            except ProblemsFound as error:
                yield artifact, error
                continue
            if set(tags) <= loaded.artifact.tags:
                yield artifact, loaded

    def load(self, artifact: ArtifactId) -> Loaded:
        """Return an artifact; it is read once by this library."""
        if artifact not in self._loaded:
            world = self._workspace.world(artifact.world)
            path = only_file(world, artifact)
            self._loaded[artifact] = self.understood(artifact, path)
        return self._loaded[artifact]

    def understood(self, artifact: ArtifactId, path: Path) -> Loaded:
        """Return what a file would be as an artifact."""
        # Documents take a Markdown parser; listing unchanged ones does not.
        from donna_skills.workflows.documents import Source, load  # noqa: PLC0415  # see above

        source = self._workspace.source_for(path.suffix)
        if source is None:
            fields = {"artifact_id": str(artifact), "path": str(path)}
            raise found("workspaces.no_source_for_artifact_extension", **fields)
        text = _text(artifact, path)
        return load(
            Source(
                id=artifact,
                path=str(path),
                text=text,
                default_kind=source.default_kind,
                default_primary=source.default_primary,
            ),
            names_in,
        )

    def _summary(self, artifact: ArtifactId, files: Sequence[Entry], index: Index) -> Summary:
        if len(files) > 1:
            raise ambiguous(artifact, [Path(each.path) for each in files])
        [entry] = files
        known = index.find(entry.path, entry.stamp)
        if known is not None:
            return known
        from donna_skills.workflows.rendering import Mode  # noqa: PLC0415  # as in `understood`

        loaded = self.load(artifact)
        primary = loaded.artifact.primary
        shown = loaded.shown(0, Mode.VIEW, self._speaker)
        summary = Summary(kind=primary.kind, title=shown.title, tags=primary.tags, text=shown.body)
        index.keep(entry.path, entry.stamp, summary)
        return summary

    # --- changing ---

    def fetch(self, artifact: ArtifactId, output: Path | None) -> Path:
        """Copy the source of an artifact to a file and return its path."""
        path = only_file(self._workspace.world(artifact.world), artifact)
        name = f"{artifact}.{wall_milliseconds()}{path.suffix}"
        target = self._workspace.tmp / name if output is None else output
        write(target, _bytes(artifact, path))
        return target

    def scratch(self, slug: str) -> Path:
        """Create an empty file for work in progress and return its path."""
        stem, dot, extension = slug.rpartition(".")
        if not dot or not stem.strip() or not extension.strip():
            raise found("cli.invalid_slug_with_extension", value=slug)
        stem = stem.replace("/", ".").replace("\\", ".")
        extension = extension.replace("/", ".").replace("\\", ".")
        target = self._workspace.tmp / f"{stem}.{wall_milliseconds()}.{extension}"
        write(target, b"")
        return target

    def update(self, artifact: ArtifactId, path: Path) -> None:
        """Put a file in place of an artifact once it is found valid."""
        world = self._workspace.world(artifact.world)
        fields = {"artifact_id": str(artifact), "path": str(path)}
        if world.readonly:
            code = "workspaces.cannot_update_readonly_world"
            raise found(code, **fields, world_id=world.id)
        if not path.suffix:
            raise found("workspaces.input_path_has_no_extension", **fields)
        self._put(artifact, path)

    def copy(self, source: ArtifactId, target: ArtifactId) -> None:
        """Put a copy of an artifact in place of another once it is found valid there."""
        path = only_file(self._workspace.world(source.world), source)
        world = self._workspace.world(target.world)
        if world.readonly:
            raise found(
                "workspaces.cannot_copy_to_readonly_world",
                source_id=str(source),
                target_id=str(target),
                world_id=world.id,
            )
        if source != target:
            self._put(target, path)

    def move(self, source: ArtifactId, target: ArtifactId) -> None:
        """Copy an artifact and remove the original; nothing is done where it cannot be removed."""
        world = self._workspace.world(source.world)
        path = only_file(world, source)
        if world.readonly:
            raise self._irremovable(source)
        self.copy(source, target)
        if source != target:
            remove_file(path)
            self._loaded.pop(source, None)

    def remove(self, artifacts: Sequence[ArtifactId]) -> None:
        """Remove artifacts, or none of them when one may not be removed."""
        kept = [each for each in artifacts if self._workspace.world(each.world).readonly]
        if kept:
            raise ProblemsFound(
                problem for each in kept for problem in self._irremovable(each).problems
            )
        for each in artifacts:
            for path in self._workspace.world(each.world).candidates(each):
                remove_file(path)
            self._loaded.pop(each, None)

    def problems(self, loaded: Loaded) -> tuple[Problem, ...]:
        """Return everything that validation finds."""
        from donna_skills.workflows.syntax import broken, malformed  # noqa: PLC0415  # as above

        return validate(loaded.artifact, check_script=broken, check_schema=malformed)

    def _put(self, artifact: ArtifactId, path: Path) -> None:
        loaded = self.understood(artifact, path)
        errors = [each for each in self.problems(loaded) if each.code not in ADVISORY]
        if errors:
            raise ProblemsFound(errors)
        world = self._workspace.world(artifact.world)
        target = copy_target(world, artifact, path.suffix.lower())
        older = world.candidates(artifact)
        write(target, _bytes(artifact, path))
        for each in older:
            if each != target and not (target.exists() and each.samefile(target)):
                remove_file(each)
        self._loaded.pop(artifact, None)

    def _irremovable(self, artifact: ArtifactId) -> ProblemsFound:
        return found(
            "workspaces.cannot_remove_readonly_world",
            artifact_id=str(artifact),
            world_id=artifact.world,
        )


def clear(folder: Path) -> None:
    """Remove a folder and everything in it, if it is there."""
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)


def _bytes(artifact: ArtifactId, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        details = error.strerror or str(error)
        raise found(
            "workspaces.artifact_unreadable",
            location=f"{path}:1",
            artifact_id=str(artifact),
            world_id=artifact.world,
            details=details,
        ) from error


def _text(artifact: ArtifactId, path: Path) -> str:
    try:
        text = _bytes(artifact, path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise found(
            "workspaces.markdown_not_utf8",
            location=f"{path}:{line}",
            artifact_id=str(artifact),
            details=str(error),
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")
