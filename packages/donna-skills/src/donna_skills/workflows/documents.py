"""From the text of an artifact to its sections, and from a section to what is shown of it.

A document is understood once. Where its template allows it, every section is rendered alone
afterwards, so that the cost of a step does not grow with the length of the workflow.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from donna_core.domain.workflow.artifact import (
    PRIMARY,
    Artifact,
    Kind,
    Mention,
    Script,
    Section,
    tags_of,
    unnamed_id,
)
from donna_core.domain.workflow.cells import Protocol
from donna_core.domain.workflow.configuration import (
    Modules,
    Reader,
    complaint,
    kind_of,
    operation_of,
    text,
    texts,
)
from donna_core.domain.workflow.ids import ArtifactId, is_name
from donna_core.domain.workflow.problems import Problem, ProblemsFound, found
from donna_skills.workflows.markdown import (
    Document,
    Fence,
    RawSection,
    check_headings,
    heading_lines,
    parse,
)
from donna_skills.workflows.rendering import (
    Mode,
    Rendering,
    Running,
    has_syntax,
    rendered,
    stands_alone,
)
from donna_skills.workflows.speaker import Speaker

_NOBODY = Speaker(protocol=Protocol.HUMAN)
_GOTO = re.compile(r"\$\$donna goto (\w+) donna\$\$")
_VARIABLE = re.compile(r"\$\$donna task_variable (.+?) donna\$\$")


@frozen(kw_only=True)
class Source:
    """The text of an artifact: where it is, and what its kind of file takes for granted."""

    id: ArtifactId
    path: str
    text: str
    default_kind: str = Kind.TEXT
    default_primary: str = PRIMARY


@frozen(kw_only=True)
class Shown:
    """A section rendered for a purpose. ``rendering`` knows the values and where it led to."""

    title: str
    body: str
    fences: Sequence[Fence]
    rendering: Rendering


@frozen(kw_only=True)
class Loaded:
    """An artifact together with the text it came from.

    ``chunks`` are the texts of its sections when each can be rendered alone.
    """

    artifact: Artifact
    source: Source
    modules: Modules = field(repr=False)
    chunks: Sequence[tuple[str, int]] | None
    references: Mapping[str, Any] = field(repr=False)

    def shown(
        self, position: int, mode: Mode, speaker: Speaker, running: Running | None = None
    ) -> Shown:
        """Return one section rendered; raise ``ProblemsFound``."""
        rendering = self._rendering(mode, speaker, running)
        try:
            raw = self._raw(position, rendering)
        except ProblemsFound as error:
            raise located(error, self.source) from error
        return Shown(
            title=rendering.filled(raw.title),
            body=rendering.filled(raw.text),
            fences=raw.fences,
            rendering=rendering,
        )

    def viewed(self, speaker: Speaker) -> Iterator[Shown]:
        """Yield every section as a reader sees it."""
        for position in range(len(self.artifact.sections)):
            yield self.shown(position, Mode.VIEW, speaker)

    def _rendering(self, mode: Mode, speaker: Speaker, running: Running | None) -> Rendering:
        return Rendering(
            mode=mode,
            speaker=speaker,
            artifact=self.source.id,
            modules=self.modules,
            path=self.source.path,
            running=running,
        )

    def _raw(self, position: int, rendering: Rendering) -> RawSection:
        if self.chunks is None:
            whole = parse(rendered(self.source.text, rendering))
            _expect(len(self.artifact.sections), len(whole.sections))
            return whole.sections[position]
        chunk, line = self.chunks[position]
        document = parse(rendered(chunk, rendering, first_line=line), self.references)
        _expect(1, len(document.sections))
        return document.sections[0]


def load(source: Source, modules: Modules) -> Loaded:
    """Understand an artifact; raise ``ProblemsFound`` with everything that keeps it unusable."""
    try:
        return _load(source, modules)
    except ProblemsFound as error:
        raise located(error, source) from error


def located(error: ProblemsFound, source: Source, line: int = 1) -> ProblemsFound:
    """Return the problems with the artifact and a place, where they do not name them yet."""
    return ProblemsFound(
        evolve(
            each,
            fields={"artifact_id": str(source.id), **each.fields},
            location=each.location or f"{source.path}:{line}",
        )
        for each in error.problems
    )


def _load(source: Source, modules: Modules) -> Loaded:
    silent = Rendering(
        mode=Mode.ANALYSIS,
        speaker=_NOBODY,
        artifact=source.id,
        modules=modules,
        path=source.path,
    )
    whole = rendered(source.text, silent)
    document = parse(whole)
    check_headings(document)
    chunks = _chunks(source.text, whole, document, silent)
    sections: list[Section] = []
    problems: list[Problem] = []
    spoken = _spans(whole, [section.line for section in document.sections])
    for position, raw in enumerate(document.sections):
        origin = raw.line if chunks is None else chunks[position][1]
        try:
            sections.append(
                _section(
                    source,
                    raw,
                    position=position,
                    origin=origin,
                    spoken=spoken[position],
                    modules=modules,
                )
            )
        except ProblemsFound as error:
            problems += located(error, source, origin + 1).problems
    if problems:
        raise ProblemsFound(problems)
    artifact = Artifact(id=source.id, path=source.path, sections=tuple(sections))
    return Loaded(
        artifact=artifact,
        source=source,
        modules=modules,
        chunks=chunks,
        references=document.references,
    )


def _chunks(
    source: str, whole: str, document: Document, silent: Rendering
) -> Sequence[tuple[str, int]] | None:
    """Return the text of each section with its first line, when each can be rendered alone.

    That is so when nothing defined in one is used in another, and rendering them one by one
    gives the very text that rendering all at once gives, with the same headings.
    """
    if not has_syntax(source):
        starts = [section.line for section in document.sections]
        return list(zip(_spans(source, starts), starts, strict=True))
    starts = list(heading_lines(source))
    if len(starts) != len(document.sections) or starts[:1] != [0] or not stands_alone(source):
        return None
    chunks = list(zip(_spans(source, starts), starts, strict=True))
    try:
        alone = [rendered(chunk, evolve(silent, gotos=[], names=[])) for chunk, _ in chunks]
    except ProblemsFound:
        return None
    lines, expected = 0, []
    for each in alone:
        expected.append(lines)
        lines += each.count("\n")
    same = "".join(alone) == whole
    return chunks if same and expected == [each.line for each in document.sections] else None


def _spans(source: str, starts: Sequence[int]) -> list[str]:
    """Return the lines from each start to the next; the first span begins with the text."""
    lines = [f"{line}\n" for line in source.split("\n")]
    lines[-1] = lines[-1][:-1]
    ends = [*starts[1:], len(lines)]
    return ["".join(lines[start:end]) for start, end in zip(starts, ends, strict=True)]


def _section(
    source: Source,
    raw: RawSection,
    *,
    position: int,
    origin: int,
    spoken: str,
    modules: Modules,
) -> Section:
    config: dict[str, Any] = {}
    for fence in raw.fences:
        if not fence.is_script:
            config |= _values(fence, source, origin + fence.line - raw.line)
    reader = Reader(config)
    default = source.default_primary if position == 0 else ""
    section_id = reader.take("id", default, _name, "a name")
    section_id = section_id or unnamed_id(source.id, raw.title, position)
    if position == 0 and "kind" not in config:
        reader.required("kind")
        raise complaint(reader.complaints, section_id)
    named = reader.take("kind", source.default_kind, text, "the name of a kind")
    kind = kind_of(named, modules)
    tags = reader.take("tags", list[str](), texts, "a list of texts")
    scripts = [
        _script(fence, origin + fence.line - raw.line) for fence in raw.fences if fence.is_script
    ]
    operation = operation_of(kind, reader, scripts, section_id)
    reader.finish()
    if reader.complaints:
        raise complaint(reader.complaints, section_id)
    body = spoken.partition("\n")[2]
    return Section(
        id=section_id,
        kind=kind,
        title=raw.title,
        line=origin + 1,
        body=raw.text,
        tags=tags_of(kind, tags),
        operation=operation,
        gotos=tuple(_mentions(_GOTO, body, origin + 2)),
        variables=tuple(_mentions(_VARIABLE, body, origin + 2)),
        lines={
            key: origin + number - raw.line + 1
            for fence in raw.fences
            if not fence.is_script
            for key, number in fence.lines()
        },
    )


def _values(fence: Fence, source: Source, line: int) -> dict[str, Any]:
    try:
        return fence.values()
    except ProblemsFound as error:
        raise located(error, source, line + 1) from error


def _script(fence: Fence, line: int) -> Script:
    return Script(language=fence.format, text=fence.content, line=line + 2)


def _mentions(expression: re.Pattern[str], body: str, first_line: int) -> Iterator[Mention]:
    seen: set[str] = set()
    for matched in expression.finditer(body):
        name = matched.group(1)
        if name not in seen:
            seen.add(name)
            line = first_line + body.count("\n", 0, matched.start())
            yield Mention(name=name, line=line)


def _name(value: Any) -> str:
    if not is_name(value):
        raise ValueError
    return str(value)


def _expect(expected: int, counted: int) -> None:
    if expected != counted:
        raise found("workspaces.markdown_structure_changed", expected=expected, found=counted)
