"""What every store of a workflow session keeps."""

from abc import abstractmethod

from donna_core.domain.workflow.problems import ProblemsFound
from donna_core.domain.workflow.state import ActionRequest, State, Task, WorkUnit
from donna_core.ports.workflow import SessionStore

FULL = State(
    tasks=(Task(id="T-1-b", context={"x": "ä\n", "n": 3}, workflow="project:w"),),
    work_units=(WorkUnit(id="WU-2-c", task_id="T-1-b", operation_id="project:w:a", begun=True),),
    action_requests=(
        ActionRequest(
            id="AR-3-d",
            request="Do *it*",
            operation_id="project:w:b",
            task_id="T-1-b",
            choices=("c",),
            attempts=2,
        ),
    ),
    started=True,
    last_id=3,
)


class SessionStoreContract:
    """Collect it with pytest in a class that implements ``store``."""

    @abstractmethod
    def store(self) -> SessionStore:
        """Return a store in which nothing was saved; called once per test."""

    def test_nothing_is_there_at_first(self) -> None:
        """Loading before saving is told apart from an empty session."""
        assert _code_of(self.store()) == "donna.machine.session_state_not_initialized"

    def test_what_was_saved_is_loaded(self) -> None:
        """Every member survives, durable or not, and the latest state counts."""
        store = self.store()
        for state, durable in ((State(), True), (FULL, False), (FULL, True)):
            store.save(state, durable=durable)
            assert store.load() == state

    def test_clearing_forgets_the_state(self) -> None:
        """After clearing, nothing is there again, and saving works as before."""
        store = self.store()
        store.save(FULL, durable=True)
        store.clear()
        assert _code_of(store) == "donna.machine.session_state_not_initialized"
        store.save(State(), durable=True)
        assert store.load() == State()

    def test_the_journal_grows_in_order(self) -> None:
        """Each entry has its instant, its event and its facts; clearing keeps the journal."""
        store = self.store()
        assert tuple(store.journal()) == ()
        store.record("session_started")
        store.record("script_ended", code=3, stdout="a\nb", unit=None)
        store.clear()

        first, second = store.journal()
        assert (first["event"], second["event"]) == ("session_started", "script_ended")
        assert (second["code"], second["stdout"], second["unit"]) == (3, "a\nb", None)
        assert first["at"] <= second["at"]

    def test_a_lock_is_given_once(self) -> None:
        """While one holds it another is refused, and afterwards it is free again."""
        store = self.store()
        with store.locked():
            refused = False
            try:
                with store.locked():
                    pass
            except ProblemsFound as error:
                refused = error.problems[0].code == "donna.machine.session_locked"
            assert refused
        with store.locked():
            store.save(State(), durable=True)


def _code_of(store: SessionStore) -> str:
    try:
        store.load()
    except ProblemsFound as error:
        return error.problems[0].code
    return "something was loaded"
