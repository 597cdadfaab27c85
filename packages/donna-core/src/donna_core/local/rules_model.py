"""The rules that answer where no model is: free, instant, offline, the same every time."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from donna_core.domain.capture.answered import answered
from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.parse import read
from donna_core.domain.capture.reading import Reading
from donna_core.domain.codec import to_plain
from donna_core.domain.errors import ModelUnavailable
from donna_core.domain.planning.priority import PriorityRules, deadline_priority
from donna_core.domain.tasks.second_look import judge
from donna_core.domain.tasks.task import DeadlineType
from donna_core.domain.timing.zones import zone_named
from donna_core.ports.language_model import (
    LanguageModel,
    ModelMetadata,
    ModelReply,
    ModelRequest,
)

NAME = "rules/donna"


class RulesModel(LanguageModel):
    """Answers what can be read off the words; every other task type is unavailable.

    These are ``parse_task``, ``classify_chat_intent``, ``classify_priority`` and ``dedup_check``.
    The confidence is that of the reader, for two titles that of the second look.
    """

    def __init__(self, lexicon: Lexicon, *, priorities: PriorityRules, text_limit: int) -> None:
        self._lexicon, self._priorities, self._text_limit = lexicon, priorities, text_limit
        self._answers: dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "parse_task": self._parse_task,
            "classify_chat_intent": self._classify_chat_intent,
            "classify_priority": self._classify_priority,
            "dedup_check": _dedup_check,
        }

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Return the rules' answer; raise ``ModelUnavailable`` for another task type."""
        answer = self._answers.get(request.task_type)
        if answer is None:
            raise ModelUnavailable(
                request.task_type,
                problem="the rules do not cover it; name a model in donna_models.yaml",
            )
        return ModelReply(output=answer(request.inputs), metadata=ModelMetadata(model_actual=NAME))

    def refined(self, request: ModelRequest, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a model's answer to a request in the form in which the rules answer it.

        Of ``parse_task`` the rules' own reading is put under it; every other stands as it is.
        Raise ``UnusableAnswer`` for one that says something that cannot be.
        """
        if request.task_type != "parse_task":
            return answer
        rules, zone = self._read(request.inputs), zone_named(request.inputs["zone"])
        plain: Mapping[str, Any] = to_plain(answered(answer, rules=rules, zone=zone))
        return plain

    def _parse_task(self, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        plain: Mapping[str, Any] = to_plain(self._read(inputs))
        return plain

    def _classify_chat_intent(self, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        reading = self._read(inputs)
        return {"intent": reading.intent.value, "confidence": reading.confidence}

    def _classify_priority(self, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what the words say, raised by the deadline as for a task that is kept.

        The inputs may bring a local ``deadline`` of their own, a day or a minute.
        """
        reading = self._read(inputs)
        deadline, kind = reading.deadline, reading.deadline_type
        if given := inputs.get("deadline"):
            deadline = datetime.fromisoformat(given).replace(tzinfo=zone_named(inputs["zone"]))
            kind = DeadlineType.SOFT
        priority = deadline_priority(
            deadline,
            kind,
            at=datetime.fromisoformat(inputs["at"]),
            zone=zone_named(inputs["zone"]),
            rules=self._priorities,
        )
        return {
            "priority": max(reading.priority, priority or reading.priority),
            "confidence": reading.confidence,
        }

    def _read(self, inputs: Mapping[str, Any]) -> Reading:
        return read(
            inputs["text"],
            at=datetime.fromisoformat(inputs["at"]),
            zone=zone_named(inputs["zone"]),
            lexicon=self._lexicon,
            day_first=inputs.get("day_first", False),
            limit=self._text_limit,
        )


def _dedup_check(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    judgement = judge(str(inputs["new"]["title"]), str(inputs["existing"]["title"]))
    return {"verdict": judgement.verdict.value, "confidence": judgement.confidence}
