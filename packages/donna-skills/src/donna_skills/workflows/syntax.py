"""Scripts and schemas looked at before they are used: whether they are well formed."""

import ast
import re
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

from donna_core.domain.workflow.artifact import Script
from donna_skills.workflows.languages import SHELLS, language_of

_LIMIT = 10.0
# What Donna puts where a value will stand; it is no part of the language of the script.
_MARKER = re.compile(r"\$\$donna .+? donna\$\$")


def broken(script: Script) -> str | None:
    """Return why a script cannot run, or ``None``; the script is not executed."""
    if not script.text.strip():
        return "it is empty"
    language = language_of(script.text, script.language)
    if language is None:
        return "it has no first line `#!…`, and its language tells no interpreter"
    if _MARKER.search(script.text):
        return None
    if language in SHELLS:
        return _shell(script.text, language)
    return _python(script.text) if language == "python3" else None


def malformed(schema: Mapping[str, Any]) -> str | None:
    """Return why something is no JSON Schema, or ``None``."""
    # Few workflows ask for structured results, and the checker takes long to import.
    from donna_skills.workflows.results import schema_fault  # noqa: PLC0415  # see above

    return schema_fault(schema)


def _shell(text: str, language: str) -> str | None:
    program = shutil.which(language)
    if program is None:
        return f"`{language}` is not installed here"
    checked = subprocess.run(  # noqa: S603  # a shell of this machine, told to run nothing
        [program, "-n"],
        input=text.encode(),
        capture_output=True,
        timeout=_LIMIT,
        check=False,
    )
    if checked.returncode == 0:
        return None
    lines = checked.stderr.decode(errors="replace").strip().splitlines()
    return lines[0] if lines else f"`{language} -n` refuses it"


def _python(text: str) -> str | None:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError) as error:
        return str(error)
    return None
