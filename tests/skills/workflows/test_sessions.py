"""Sessions driven with a store in memory and scripts that end as told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from donna_core.domain.workflow.cells import Cell, Protocol
from donna_core.domain.workflow.problems import ProblemsFound
from donna_core.ports.workflow import ScriptResult, SessionStore
from donna_core.testing.contracts.session_store import SessionStoreContract
from donna_core.testing.scripted_runner import ScriptedRunner
from donna_core.testing.session_store import InMemorySessionStore
from donna_skills.workflows.initialization import initialize
from donna_skills.workflows.library import Library
from donna_skills.workflows.sessions import Session
from donna_skills.workflows.speaker import Speaker
from donna_skills.workflows.store import FileSessionStore
from donna_skills.workflows.workspace import open_workspace

LOOP = """# Loop

```toml donna
kind = "donna.lib.workflow"
start_operation_id = "again"
```

## Again

```toml donna
id = "again"
kind = "donna.lib.run_script"
save_stdout_to = "seen"
goto_on_success = "again"
goto_on_failure = "done"
```

```bash donna script
test "{{ donna.lib.task_variable("seen") }}"
```

## Done

```toml donna
id = "done"
kind = "donna.lib.finish"
```

Saw {{ donna.lib.task_variable("seen") }}
"""


@pytest.fixture
def session(tmp_path: Path) -> Callable[[ScriptedRunner], tuple[Session, list[Cell]]]:
    """Give a function that opens a session with a runner; what is shown is kept."""
    project = tmp_path.resolve()
    initialize(project)
    (project / ".donna/project/loop.md").write_text(LOOP)

    def opened(runner: ScriptedRunner) -> tuple[Session, list[Cell]]:
        shown: list[Cell] = []
        workspace, speaker = open_workspace(project), Speaker(protocol=Protocol.LLM)
        session = Session(
            workspace=workspace,
            speaker=speaker,
            library=Library(workspace, speaker),
            store=InMemorySessionStore(),
            runner=runner,
            label="test",
            held={"HELD": "test"},
            emit=shown.append,
        )
        session.start()
        return session, shown

    return opened


Opener = Callable[[ScriptedRunner], tuple[Session, list[Cell]]]


def test_scripts_get_the_values_of_their_task(session: Opener) -> None:
    """Each run sees what the one before saved, as a variable and not as program text."""
    evil = "$(touch x)"
    runner = ScriptedRunner(
        [ScriptResult(code=0, stdout=evil, stderr=""), ScriptResult(code=1, stdout="b", stderr="")]
    )
    opened, shown = session(runner)
    opened.run("project:loop")

    first, second = runner.jobs
    assert "is not set" in next(iter(first.environment.values()))
    assert second.environment["DONNA_VALUE_0"] == evil
    assert second.environment["DONNA_VAR_seen"] == evil
    assert second.text == 'test "${DONNA_VALUE_0}"'
    assert second.environment["HELD"] == "test"
    assert shown[-1].content == "Saw b"


def test_an_endless_loop_pauses(session: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """After many operations without the agent the command stops, and `continue` goes on."""
    monkeypatch.setattr("donna_skills.workflows.driving.MOST_STEPS", 50)
    runner = ScriptedRunner()
    opened, _ = session(runner)

    for times in (1, 2):
        with pytest.raises(ProblemsFound) as caught:
            opened.run("project:loop") if times == 1 else opened.proceed()
        assert caught.value.problems[0].code == "donna.machine.step_limit_reached"
        assert len(runner.jobs) == times * 50 - 1


class TestInMemorySessionStore(SessionStoreContract):
    """The fake keeps the contract."""

    def store(self) -> SessionStore:
        return InMemorySessionStore()


class TestFileSessionStore(SessionStoreContract):
    """So does the store in files."""

    @pytest.fixture(autouse=True)
    def _workspace(self, tmp_path: Path) -> None:
        self.project = tmp_path.resolve()
        initialize(self.project)

    def store(self) -> SessionStore:
        return FileSessionStore(open_workspace(self.project), None, wait=0)

    def test_a_lock_holds_between_processes_and_names_them(self) -> None:
        """Another store on the same files is refused, and says who holds it."""
        other = self.store()
        with self.store().locked(), pytest.raises(ProblemsFound) as caught, other.locked():
            pass

        assert str(caught.value.problems[0].fields["holder"]).isdecimal()
