"""Values in scripts: none of them becomes program text.

In shell scripts a value is handed over in an environment variable, and the place where it was
asked for refers to that variable. In Python it is written as the characters of the string
literal around it. Anywhere else only a plain word is inserted; all other values are refused, and
the script can read them from ``DONNA_VAR_<name>``.
"""

import io
import re
import tokenize
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from donna_core.domain.workflow.problems import found
from donna_skills.workflows.languages import SHELLS
from donna_skills.workflows.rendering import MARK

_PLAIN = re.compile(r"[A-Za-z0-9_.,:/@%+=-]+")
_HEREDOC = re.compile(r"<<-?\s*(['\"\\])(\w+)['\"]?")
_LONGEST = 100_000
_ALL_TOGETHER = 500_000


@frozen(kw_only=True)
class Program:
    """A script as it is executed, and the variables that carry its values."""

    text: str
    environment: Mapping[str, str]


def spliced(text: str, language: str | None, values: Sequence[str], section_id: str) -> Program:
    """Return the script with its values at their places; raise ``ProblemsFound``."""
    if not values or not MARK.search(text):
        return Program(text=text, environment={})
    if language in SHELLS:
        return _shell(text, values, section_id)
    if language == "python3":
        return Program(text=_python(text, values, section_id), environment={})
    return Program(
        text=MARK.sub(lambda mark: _plain(mark, values, section_id), text), environment={}
    )


def exported(context: Mapping[str, Any]) -> dict[str, str]:
    """Return the task variables as environment variables, as far as they fit there."""
    variables: dict[str, str] = {}
    left = _ALL_TOGETHER
    for name, value in context.items():
        given = str(value)
        size = len(given.encode())
        if (
            re.fullmatch(r"\w+", name, re.ASCII)
            and "\0" not in given
            and size <= min(_LONGEST, left)
        ):
            variables[f"DONNA_VAR_{name}"] = given
            left -= size
    return variables


def _plain(mark: re.Match[str], values: Sequence[str], section_id: str) -> str:
    value = values[int(mark.group(1))]
    if not _PLAIN.fullmatch(value):
        raise _unsafe(section_id)
    return value


def _unsafe(section_id: str) -> Exception:
    return found("workflows.run_script_unsafe_value", section_id=section_id, variable="NAME")


def _shell(text: str, values: Sequence[str], section_id: str) -> Program:
    environment: dict[str, str] = {}
    literal = _literal_spans(text)
    pieces: list[str] = []
    position = 0
    for mark in MARK.finditer(text):
        pieces.append(text[position : mark.start()])
        position = mark.end()
        number = int(mark.group(1))
        value = values[number]
        if _PLAIN.fullmatch(value):
            pieces.append(value)
            continue
        if any(start <= mark.start() < end for start, end in literal) or "\0" in value:
            raise _unsafe(section_id)
        name = f"DONNA_VALUE_{number}"
        environment[name] = value
        pieces.append(_REFERENCES[_quote_at(text, mark.start())].format(name))
    return Program(text="".join([*pieces, text[position:]]), environment=environment)


# How a variable is referred to inside each kind of quotes. Wherever these end up, the shell
# expands a variable, and what comes out of an expansion is not read as a program.
_REFERENCES = {"": "${{{}}}", '"': "${{{}}}", "'": "'\"${{{}}}\"'", "$'": "'\"${{{}}}\"$'"}


def _literal_spans(text: str) -> list[tuple[int, int]]:
    """Return where the bodies of here-documents with a quoted end stand; nothing expands there."""
    spans = []
    for start in _HEREDOC.finditer(text):
        body = text.find("\n", start.end())
        end = re.compile(rf"^\t*{start.group(2)}$", re.MULTILINE).search(text, max(body, 0))
        if body >= 0:
            spans.append((body, end.start() if end else len(text)))
    return spans


def _quote_at(text: str, end: int) -> str:
    """Return the innermost quotes that are open at a place of a shell script."""
    stack = [""]
    position = 0
    while position < end:
        here, two = text[position], text[position : position + 2]
        inside = stack[-1]
        if inside == "'":
            if here == "'":
                stack.pop()
        elif inside == "$'":
            position += here == "\\"
            if here == "'":
                stack.pop()
        elif here == "\\":
            position += 1
        elif two == "$(":
            stack.append("(")
            position += 1
        elif here == '"':
            stack.pop() if inside == '"' else stack.append('"')
        elif inside != '"':
            position = _outside(text, position, stack)
        position += 1
    inside = stack[-1]
    return "" if inside == "(" else inside


def _outside(text: str, position: int, stack: list[str]) -> int:
    """Read one character outside of quotes; return where it ends."""
    here = text[position]
    if here == "'":
        stack.append("$'" if text[position - 1 : position] == "$" else "'")
    elif here == "(":
        stack.append("(")
    elif here == ")" and len(stack) > 1:
        stack.pop()
    elif here == "#" and (position == 0 or text[position - 1].isspace()):
        line = text.find("\n", position)
        return len(text) if line < 0 else line
    return position


def _python(text: str, values: Sequence[str], section_id: str) -> str:
    """Return a Python script with each value as characters of the literal it stands in."""
    named = {f"DONNAVALUE{number}X": value for number, value in enumerate(values)}
    source = MARK.sub(lambda mark: f"DONNAVALUE{mark.group(1)}X", text)
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError) as error:
        raise _unsafe(section_id) from error
    literals = {
        name: re.match(r"[A-Za-z]*", token.string)
        for token in tokens
        if token.type == tokenize.STRING
        for name in named
        if name in token.string
    }
    for name, value in named.items():
        if name not in source:
            continue
        if _PLAIN.fullmatch(value):
            source = source.replace(name, value)
            continue
        prefix = literals.get(name)
        if prefix is None or prefix.group().lower() not in {"", "u"}:
            raise _unsafe(section_id)
        source = source.replace(name, _escaped(value))
    return source


def _escaped(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'")
    return escaped.replace("\n", "\\n").replace("\r", "\\r").replace("\0", "\\0")
