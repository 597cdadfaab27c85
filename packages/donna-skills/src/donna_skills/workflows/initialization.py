"""A folder made a workspace, and the files that tell coding agents how to use it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from donna_core.domain.workflow.problems import found
from donna_skills.workflows.files import write
from donna_skills.workflows.workspace import CONFIG, FOLDER, SOURCE_KIND, default_worlds

SKILLS = (".claude/skills/donna/SKILL.md", ".agents/skills/donna/SKILL.md")
"""Where coding agents look for skills, below the project."""
AGENTS = "AGENTS.md"
_BEGIN, _END = "<!-- donna: begin -->", "<!-- donna: end -->"
_BLOCK = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}\n?", re.DOTALL)
_LOCAL = "cache/\njournal/\nlocks/\nsession/\nsessions/\ntmp/\ntmp-*/\n"


def initialize(project: Path) -> None:
    """Create the folders and the configuration of a workspace; raise ``ProblemsFound``."""
    inside = project / FOLDER
    # In the home folder, `.donna` may be there for the world `home` alone.
    only_home = project == Path.home() and not (inside / CONFIG).exists()
    if inside.exists() and not only_home:
        raise found("workspaces.workspace_already_initialized", project_dir=str(project))
    write(inside / CONFIG, _config(project).encode())
    write(inside / ".gitignore", _LOCAL.encode())
    for folder in ("project", "session"):
        try:
            (inside / folder).mkdir(exist_ok=True)
        except OSError as error:
            details = error.strerror or str(error)
            path = str(inside / folder)
            raise found("workspaces.workspace_unwritable", path=path, details=details) from error


def install_instructions(project: Path) -> list[Path]:
    """Write the skill and the paragraph in ``AGENTS.md``; return the files that changed.

    Of ``AGENTS.md`` nothing outside Donna's own paragraph is touched.
    """
    return list(_installed(project))


def _installed(project: Path) -> Iterator[Path]:
    texts = Path(__file__).parent / "instructions"
    skill = (texts / "SKILL.md").read_text(encoding="utf-8")
    for place in SKILLS:
        path = project / place
        if not path.exists() or path.read_bytes() != skill.encode():
            write(path, skill.encode())
            yield path
    path = project / AGENTS
    # Whatever encoding the file has, what is not Donna's stays as it is.
    present = path.read_bytes().decode("utf-8", "surrogateescape") if path.exists() else ""
    snippet = (texts / "snippet.md").read_text(encoding="utf-8")
    block = f"{_BEGIN}\n{snippet.strip()}\n{_END}\n"
    wanted = _BLOCK.sub(lambda _: block, present, count=1)
    if not _BLOCK.search(present):
        between = "\n" if present and not present.endswith("\n\n") else ""
        ending = "\n" if present and not present.endswith("\n") else ""
        wanted = f"{present}{ending}{between}{block}"
    if wanted != present:
        write(path, wanted.encode("utf-8", "surrogateescape"))
        yield path


def _config(project: Path) -> str:
    """Return the configuration with every default written out."""
    lines = ['tmp_dir = "tmp"', ""]
    for world in default_worlds(project):
        lines += ["[[worlds]]", *(f"{key} = {_toml(value)}" for key, value in world.items()), ""]
    lines += ["[[sources]]", f"kind = {_toml(SOURCE_KIND)}"]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    """Return a text or a flag as TOML writes it, which is as JSON does."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
