"""The lines of an iCalendar file: what stands where, without knowing what it means.

RFC 5545 section 3.1: a content line may be folded onto several physical lines, and components
stand between BEGIN and END lines. This is enough to find a fault by its line, to leave out
what a reader does not need, and to change one event without touching a byte of the others.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from attrs import field, frozen

LARGEST = 50 * 1024 * 1024
BYTE_ORDER_MARK = "\ufeff"

_NAME = re.compile(r"[A-Za-z0-9_-]+(?=[;:])")
_ESCAPED = re.compile(r"\\([nN,;\\])")


class Malformed(ValueError):
    """The text is no complete iCalendar; ``line`` counts from 1 where the place is known."""

    def __init__(self, problem: str, *, line: int | None = None) -> None:
        self.problem, self.line = problem, line
        super().__init__(problem if line is None else f"line {line}: {problem}")


class ContentLine(NamedTuple):
    """One unfolded line: ``number`` and ``after`` are where it starts and where the next does."""

    number: int
    after: int
    name: str
    text: str

    @property
    def value(self) -> str:
        """What stands after the first colon outside of quotes."""
        return self.text[_value_start(self.text) :]


@frozen(kw_only=True)
class Component:
    """A component with its own lines; physical lines count from 0, ``after`` is excluded."""

    kind: str
    first: int
    after: int
    lines: tuple[ContentLine, ...]
    children: tuple["Component", ...] = ()

    def values(self, name: str) -> list[str]:
        """Return the raw values of the property, in order."""
        return [line.value for line in self.lines if line.name == name]

    def text(self, name: str) -> str:
        """Return the first value of a text property without its escapes, or an empty text."""
        found = self.values(name)
        return _ESCAPED.sub(_unescaped, found[0]) if found else ""


@frozen(kw_only=True)
class Outline:
    """A whole file: its physical lines with their ends, and the calendars in them."""

    lines: list[str] = field(repr=False)
    calendars: tuple[Component, ...]


def decoded(content: bytes) -> str:
    """Return the content as text; raise ``Malformed`` when it is not whole or not text.

    These checks run at the speed of C: they are made on every look at a file.
    """
    if len(content) > LARGEST:
        raise Malformed(f"it is larger than {LARGEST // 1024 // 1024} MB")
    if not content.strip():
        raise Malformed("it is empty")
    if (at := content.find(b"\0")) >= 0:
        raise Malformed("a NUL byte, as a crash while writing leaves them", line=_line(content, at))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise Malformed("it is not UTF-8", line=_line(content, problem.start)) from None
    if not text.removeprefix(BYTE_ORDER_MARK)[:15].upper().startswith("BEGIN:VCALENDAR"):
        raise Malformed("it does not start with BEGIN:VCALENDAR", line=1)
    if content.rstrip()[-40:].rpartition(b"\n")[2].strip().upper() != b"END:VCALENDAR":
        last = _line(content, len(content.rstrip()))
        raise Malformed("it breaks off: END:VCALENDAR is missing", line=last)
    return text


def outline(text: str) -> Outline:
    """Return what stands where in the text; raise ``Malformed`` where the nesting is broken."""
    physical = text.removeprefix(BYTE_ORDER_MARK).split("\n")
    lines = [line + "\n" for line in physical[:-1]] + ([physical[-1]] if physical[-1] else [])
    stack: list[_Open] = [_Open("", 0)]
    for line in _content_lines(lines):
        match line.name:
            case "BEGIN":
                stack.append(_Open(line.value.upper(), line.number - 1))
            case "END":
                closed = stack.pop()
                if not stack or closed.kind != line.value.upper():
                    begun = f"BEGIN:{closed.kind} of line {closed.first + 1}" if stack else "none"
                    raise Malformed(f"END:{line.value} where {begun} is open", line=line.number)
                stack[-1].children.append(closed.component(after=line.after - 1))
            case _ if len(stack) == 1:
                raise Malformed(f"{line.name} stands outside of a calendar", line=line.number)
            case _:
                stack[-1].lines.append(line)
    if len(stack) > 1:
        raise Malformed(f"BEGIN:{stack[-1].kind} has no END", line=stack[-1].first + 1)
    if stray := [child for child in stack[0].children if child.kind != "VCALENDAR"]:
        raise Malformed(f"{stray[0].kind} outside of a calendar", line=stray[0].first + 1)
    return Outline(lines=lines, calendars=tuple(stack[0].children))


class _Open:
    """A component whose END has not come yet."""

    def __init__(self, kind: str, first: int) -> None:
        self.kind, self.first = kind, first
        self.lines: list[ContentLine] = []
        self.children: list[Component] = []

    def component(self, *, after: int) -> Component:
        return Component(
            kind=self.kind,
            first=self.first,
            after=after,
            lines=tuple(self.lines),
            children=tuple(self.children),
        )


def _content_lines(lines: list[str]) -> Iterator[ContentLine]:
    """Yield the unfolded lines; blank ones, which some exporters leave, are passed over."""
    at, total = 0, len(lines)
    while at < total:
        start, text = at, lines[at].rstrip("\r\n")
        at += 1
        while at < total and lines[at][0] in " \t":
            text += lines[at].rstrip("\r\n")[1:]
            at += 1
        if not text.strip():
            continue
        name = _NAME.match(text)
        if name is None:
            raise Malformed(f"'{text[:40]}' is not 'NAME:value'", line=start + 1)
        yield ContentLine(start + 1, at + 1, name[0].upper(), text.rstrip())


def _value_start(text: str) -> int:
    quoted = False
    for at, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            return at + 1
    return len(text)


def _unescaped(found: re.Match[str]) -> str:
    return "\n" if found[1] in "nN" else found[1]


def _line(content: bytes, at: int) -> int:
    """Return the line, counted from 1, that holds the byte at this place."""
    return content.count(b"\n", 0, at) + 1
