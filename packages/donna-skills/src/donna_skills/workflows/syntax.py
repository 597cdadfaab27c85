"""Scripts looked at before they run: whether they can start, and whether they are well formed."""

import ast
import re
import shutil
import subprocess

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
