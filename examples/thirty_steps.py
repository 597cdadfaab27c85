"""A workflow of thirty steps, carried out by a scripted agent through the command line.

The agent knows nothing of the workflow: it does what each request says, and reports it with the
command that the request offers for what came of it. Run it: python examples/thirty_steps.py
"""

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

CHAPTERS = 5

CHAPTER = """
## Write chapter {n}

```toml donna
id = "write_{n}"
kind = "donna.lib.request_action"
```

Write the line "Chapter {n}" into `chapter_{n}.txt`.

1. It is written: `{{{{ donna.lib.goto("check_{n}") }}}}`

## Check chapter {n}

```toml donna
id = "check_{n}"
kind = "donna.lib.run_script"
goto_on_success = "list_{n}"
goto_on_failure = "write_{n}"
```

```bash donna script
grep -qx "Chapter {n}" chapter_{n}.txt
```

## List chapter {n}

```toml donna
id = "list_{n}"
kind = "donna.lib.run_script"
goto_on_success = "count_{n}"
goto_on_failure = "write_{n}"
```

```bash donna script
cat chapter_{n}.txt >> contents.txt
```

## Count the words of chapter {n}

```toml donna
id = "count_{n}"
kind = "donna.lib.run_script"
save_stdout_to = "words"
goto_on_success = "keep_{n}"
goto_on_failure = "write_{n}"
```

```bash donna script
cat chapter_*.txt | wc -w
```

## Keep chapter {n}

```toml donna
id = "keep_{n}"
kind = "donna.lib.run_script"
goto_on_success = "tell_{n}"
goto_on_failure = "write_{n}"
```

```bash donna script
echo "{{{{ donna.lib.task_variable("words") | trim }}}} words" > count.txt
```

## Tell of chapter {n}

```toml donna
id = "tell_{n}"
kind = "donna.lib.output"
next_operation_id = "{after}"
```

Chapter {n} is there, {{{{ donna.lib.task_variable("words") | trim }}}} words so far.
"""
HEAD = """# Write a book

```toml donna
kind = "donna.lib.workflow"
start_operation_id = "write_1"
```

Five chapters, each written, checked, listed, counted, kept and told of.
"""
END = """
## The end

```toml donna
id = "the_end"
kind = "donna.lib.finish"
```

The book is written.
"""
CELL = re.compile(r"--DONNA-CELL (\S+) BEGIN--\n(.*?)\n--DONNA-CELL \1 END--", re.DOTALL)
TASK = re.compile(r'Write the line "(.*)" into `(.*)`')
OFFER = re.compile(r"sessions action-request-completed <action-request-id> '([^']+)'")


def main() -> None:
    """Make a workspace, run the workflow with the agent, and show the report."""
    with TemporaryDirectory() as folder:
        project = Path(folder)
        donna(project, "workspaces", "init")
        (project / ".donna/project/book.md").write_text(book())
        donna(project, "artifacts", "validate", "project:book")
        donna(project, "sessions", "start")
        printed = donna(project, "sessions", "run", "project:book")
        calls = 1
        while (request := open_request(printed)) is not None:
            identity, text = request
            printed = donna(
                project, "sessions", "action-request-completed", identity, act(project, text)
            )
            calls += 1
        report = donna(project, "sessions", "report")
        print(printed)
        print("\n".join(line for line in report.splitlines() if line.startswith("| ")))
        print(f"{calls} calls of the agent, {len(list(project.glob('chapter_*.txt')))} chapters")
        if "tasks=0" not in printed or "steps=32" not in report:
            sys.exit("the workflow did not come to its end")


def book() -> str:
    """Return the workflow."""
    chapters = [
        CHAPTER.format(n=n, after=f"write_{n + 1}" if n < CHAPTERS else "the_end")
        for n in range(1, CHAPTERS + 1)
    ]
    return "".join([HEAD, *chapters, END])


def open_request(printed: str) -> tuple[str, str] | None:
    """Return the id and the text of the request that is open, or nothing."""
    for _, inside in CELL.findall(printed):
        if matched := re.search(r"^action_request_id=(\S+)$", inside, re.MULTILINE):
            return matched.group(1), inside
    return None


def act(project: Path, text: str) -> str:
    """Do what the request says, and return where it leads."""
    [(line, name)] = TASK.findall(text)
    (project / name).write_text(f"{line}\n")
    return OFFER.findall(text)[0]


def donna(project: Path, *words: str) -> str:
    """Run a command as an agent does, and return what it printed."""
    command = [sys.executable, "-m", "donna_cli", "-p", "llm", *words]
    result = subprocess.run(  # noqa: S603  # Donna herself, in a folder of our own
        command, cwd=project, capture_output=True, text=True, check=True
    )
    if "error_code=" in result.stdout:
        sys.exit(result.stdout)
    return result.stdout


main()
