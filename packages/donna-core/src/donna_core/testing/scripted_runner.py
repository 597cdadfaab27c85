"""Scripts that do not run: they end as the test says."""

from collections.abc import Iterable

from donna_core.ports.workflow import ScriptJob, ScriptResult, ScriptRunner

FINE = ScriptResult(code=0, stdout="", stderr="")


class ScriptedRunner(ScriptRunner):
    """Ends each script with the next result given, and all further ones well.

    ``jobs`` are the scripts it was handed, ``forgotten`` the labels it was to clean up after.
    """

    def __init__(self, results: Iterable[ScriptResult] = ()) -> None:
        self._results = list(results)
        self.jobs: list[ScriptJob] = []
        self.forgotten: list[str] = []

    def run(self, job: ScriptJob) -> ScriptResult:
        self.jobs.append(job)
        return self._results.pop(0) if self._results else FINE

    def forget(self, label: str) -> None:
        self.forgotten.append(label)
