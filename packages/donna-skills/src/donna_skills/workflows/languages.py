"""In which language a script is written, and what runs it."""

import re
from pathlib import PurePath

SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash"})
_NAMES = {"shell": "sh", "python": "python3", "py": "python3", "javascript": "node", "js": "node"}
_INTERPRETERS = SHELLS | {"python3", "node", "ruby", "perl"}
_SHEBANG = re.compile(r"#!\s*(\S+)(?:\s+(.*))?")


def language_of(text: str, fence: str) -> str | None:
    """Return the interpreter of a script: that of its first line, or that of its fence."""
    matched = _SHEBANG.match(text)
    if matched is None:
        return interpreter_of(fence)
    program = PurePath(matched.group(1)).name
    if program == "env":
        words = [word for word in (matched.group(2) or "").split() if "=" not in word]
        named = [word for word in words if not word.startswith("-")]
        program = PurePath(named[0]).name if named else ""
    return "python3" if re.fullmatch(r"python[\d.]*", program) else program or None


def interpreter_of(fence: str) -> str | None:
    """Return what runs scripts of a fence's language that do not say it themselves."""
    name = _NAMES.get(fence.lower(), fence.lower())
    return name if name in _INTERPRETERS else None


def has_shebang(text: str) -> bool:
    """Say whether the script names its interpreter itself."""
    return text.startswith("#!")
