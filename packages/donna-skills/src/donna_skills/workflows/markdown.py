"""From Markdown to sections and back: headings, configuration fences and the text around them.

CommonMark by markdown-it-py; text is written anew by mdformat's renderer, so that two files that
say the same are shown alike.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from attrs import field, frozen
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdformat.renderer import MDRenderer

from donna_core.domain.workflow.problems import found

CONFIG_WORD = "donna"
SCRIPT_WORD = "script"
_KEY = re.compile(r'\s*(?:\[+\s*)?["\']?([\w-]+)["\']?\s*(?:[=:\].])')


@frozen(kw_only=True)
class Fence:
    """A block marked ``donna``. ``line`` is that of its opening mark, counted from 0."""

    format: str
    properties: Mapping[str, str | bool]
    content: str
    line: int

    @property
    def is_script(self) -> bool:
        """Whether it is a script, and so no configuration."""
        return SCRIPT_WORD in self.properties

    def values(self) -> dict[str, Any]:
        """Return what the block configures; raise ``ProblemsFound``."""
        try:
            parsed = _parsed(self.format, self.content)
        except ValueError as error:
            details = " ".join(str(error).split())
            raise found(
                "workspaces.markdown_invalid_config", format=self.format, details=details
            ) from error
        if parsed is None:
            return {}
        if not isinstance(parsed, dict):
            details = "it holds no keys"
            raise found("workspaces.markdown_invalid_config", format=self.format, details=details)
        return parsed

    def lines(self) -> Iterator[tuple[str, int]]:
        """Yield each key with its line in the document, counted from 0."""
        for number, text in enumerate(self.content.splitlines(), start=self.line + 1):
            if matched := _KEY.match(text):
                yield matched.group(1), number


@frozen(kw_only=True)
class RawSection:
    """A heading of level 1 or 2 and what follows, before anything is made of it."""

    level: int
    title: str
    line: int
    text: str
    fences: Sequence[Fence] = ()


@frozen(kw_only=True)
class Document:
    """Sections in order, and the targets of reference links for texts parsed apart."""

    sections: Sequence[RawSection]
    references: Mapping[str, Any] = field(factory=dict)


def parse(source: str, references: Mapping[str, Any] | None = None) -> Document:
    """Return the sections of a document; raise ``ProblemsFound`` where headings are misplaced."""
    environment: dict[str, Any] = {"references": dict(references or {})}
    tokens = _parser().parse(source, environment)
    sections = tuple(_section(part, environment) for part in _parts(tokens))
    return Document(sections=sections, references=environment["references"])


def heading_lines(source: str) -> tuple[int, ...]:
    """Return the lines, counted from 0, of the headings of level 1 and 2."""
    tokens = _parser().parse(source)
    return tuple(token.map[0] for token in tokens if _opens_section(token) and token.map)


def check_headings(document: Document) -> None:
    """Raise ``ProblemsFound`` unless the first section alone has level 1."""
    if not document.sections:
        raise found("workspaces.markdown_artifact_without_sections")
    if document.sections[0].level != 1:
        raise found("workspaces.markdown_h1_section_must_be_first")
    if any(section.level == 1 for section in document.sections[1:]):
        raise found("workspaces.markdown_multiple_h1_sections")


def _parts(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield the tokens of each section; what stands before the first is a section without one."""
    starts = [number for number, token in enumerate(tokens) if _opens_section(token)]
    if tokens and (not starts or starts[0] > 0):
        starts.insert(0, 0)
    for start, end in pairwise([*starts, len(tokens)]):
        yield tokens[start:end]


def _opens_section(token: Token) -> bool:
    return token.type == "heading_open" and token.level == 0 and token.tag in {"h1", "h2"}


def _section(tokens: Sequence[Token], environment: dict[str, Any]) -> RawSection:
    head = tokens[0]
    line = head.map[0] if head.map else 0
    level, title, body = 0, "", tokens
    if _opens_section(head):
        level, title, body = (
            int(head.tag[1]),
            tokens[1].content.strip().strip("#").strip(),
            tokens[3:],
        )
    fences = tuple(fence for token in body if (fence := _fence(token)) is not None)
    shown = [token for token in body if _fence(token) is None]
    return RawSection(
        level=level, title=title, line=line, text=_written(shown, environment), fences=fences
    )


def _fence(token: Token) -> Fence | None:
    words = token.info.split() if token.type == "fence" else []
    if len(words) < 2:
        return None
    properties = dict(_property(word) for word in words[1:])
    if CONFIG_WORD not in properties:
        return None
    line = token.map[0] if token.map else 0
    return Fence(format=words[0], properties=properties, content=token.content.strip(), line=line)


def _property(word: str) -> tuple[str, str | bool]:
    name, equals, value = word.partition("=")
    return (name, value) if equals else (name, True)


def _parsed(language: str, content: str) -> Any:
    match language.lower():
        case "toml":
            return tomllib.loads(content)
        case "json":
            return json.loads(content)
        case "yaml" | "yml":
            return _yaml(content)
        case _:
            raise found("workspaces.markdown_unsupported_code_format", format=language)


def _yaml(content: str) -> Any:
    import yaml  # noqa: PLC0415  # few artifacts are configured in YAML

    try:
        return yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _written(tokens: Sequence[Token], environment: dict[str, Any]) -> str:
    if not tokens:
        return ""
    options = {**_parser().options, "parser_extension": [], "codeformatters": {}, "mdformat": {}}
    return MDRenderer().render(tokens, options, environment).strip()


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark")
