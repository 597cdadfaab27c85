"""A language model that says what the test wrote down."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from donna_core.domain.errors import ModelUnavailable
from donna_core.ports.language_model import LanguageModel, ModelMetadata, ModelReply, ModelRequest

Answer = ModelReply | Mapping[str, Any] | Exception
"""A whole reply, just its output, or the error to raise."""

Script = Iterable[Answer] | Callable[[ModelRequest], Answer]
"""The answers to one task type: one after the other, or worked out from the request."""


class ScriptEnded(AssertionError):
    """The model was asked more often than its script foresees; no code may plan for that."""

    def __init__(self, task_type: str, *, answered: int) -> None:
        self.task_type, self.answered = task_type, answered
        super().__init__(
            f"The script for {task_type} ended after {answered} answers. "
            "Write one more, or find out who asks again."
        )


class ScriptedLanguageModel(LanguageModel):
    """Answers by task type from a script and keeps every request.

    A task type without a script is one nobody can answer: ``ModelUnavailable``.
    """

    def __init__(self, scripts: Mapping[str, Script], *, model: str = "scripted") -> None:
        self.requests: list[ModelRequest] = []
        self._model = model
        self._answers = {
            task_type: script if callable(script) else _Recital(task_type, script)
            for task_type, script in scripts.items()
        }

    async def complete(self, request: ModelRequest) -> ModelReply:
        self.requests.append(request)
        if request.task_type not in self._answers:
            raise ModelUnavailable(request.task_type, problem="the script does not mention it")
        answer = self._answers[request.task_type](request)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, ModelReply):
            return answer
        return ModelReply(output=answer, metadata=ModelMetadata(model_actual=self._model))


class _Recital:
    """Gives a list of answers in order, whatever is asked."""

    def __init__(self, task_type: str, answers: Iterable[Answer]) -> None:
        self._task_type = task_type
        self._left = deque(answers)
        self._given = 0

    def __call__(self, _: ModelRequest) -> Answer:
        if not self._left:
            raise ScriptEnded(self._task_type, answered=self._given)
        self._given += 1
        return self._left.popleft()
