"""The rules that answer where no model is: free, instant, offline, the same every time."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from rapidfuzz import fuzz

from donna_core.domain.capture.lexicon import Lexicon
from donna_core.domain.capture.parse import read
from donna_core.domain.codec import to_plain
from donna_core.domain.errors import ModelUnavailable
from donna_core.domain.tasks.dedup import normal_form
from donna_core.domain.timing.zones import zone_named
from donna_core.ports.language_model import (
    LanguageModel,
    ModelMetadata,
    ModelReply,
    ModelRequest,
)

NAME = "rules/donna"
_SAME, _RELATED = 92.0, 55.0


class RulesModel(LanguageModel):
    """Answers ``parse_task`` and ``dedup_check`` by rules; everything else is unavailable.

    The confidence of a reading is the reader's own; that of a verdict is the distance of the
    titles' likeness from the nearest threshold.
    """

    def __init__(self, lexicon: Lexicon, *, text_limit: int) -> None:
        self._lexicon, self._text_limit = lexicon, text_limit
        self._answers: dict[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "parse_task": self._parse_task,
            "dedup_check": _dedup_check,
        }

    async def complete(self, request: ModelRequest) -> ModelReply:
        """Return the rules' answer; raise ``ModelUnavailable`` for another task type."""
        answer = self._answers.get(request.task_type)
        if answer is None:
            raise ModelUnavailable(request.task_type, problem="the rules do not cover it")
        return ModelReply(output=answer(request.inputs), metadata=ModelMetadata(model_actual=NAME))

    def _parse_task(self, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        reading = read(
            inputs["text"],
            at=datetime.fromisoformat(inputs["at"]),
            zone=zone_named(inputs["zone"]),
            lexicon=self._lexicon,
            day_first=inputs["day_first"],
            limit=self._text_limit,
        )
        plain: Mapping[str, Any] = to_plain(reading)
        return plain


def _dedup_check(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Judge two tasks by their words: what one has beyond the other decides.

    When all the words of one title stand in the other, the longer one only says more of the
    same thing; when both have words of their own, they are about different objects.
    """
    new, existing = _words(inputs["new"]), _words(inputs["existing"])
    shared = len(new & existing)
    likeness = fuzz.token_set_ratio(" ".join(sorted(new)), " ".join(sorted(existing)))
    if shared and (new <= existing or existing <= new):
        verdict = "same" if shared > 1 or new == existing else "related"
    elif likeness >= _SAME and not new ^ existing:
        verdict = "same"
    else:
        verdict = "related" if shared > 1 or likeness >= _RELATED else "different"
    distance = min(abs(likeness - _SAME), abs(likeness - _RELATED))
    return {"verdict": verdict, "confidence": min(0.95, 0.5 + distance / 100)}


def _words(task: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(normal_form(str(task["title"])).split())
