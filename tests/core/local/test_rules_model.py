"""The rules answer what they can, always the same."""

import pytest

from donna_core.domain.capture.reading import Reading
from donna_core.domain.codec import from_plain
from donna_core.domain.errors import ModelUnavailable
from donna_core.ports.language_model import LanguageModel, ModelRequest
from donna_core.testing.world import SimulatedWorld


def model() -> LanguageModel:
    """Return the rules as the packaged defaults make them."""
    return SimulatedWorld().runtime.language_model


async def verdict(new: str, existing: str) -> str:
    """Return what the rules take two titles for."""
    inputs = {"new": {"title": new}, "existing": {"title": existing}}
    reply = await model().complete(ModelRequest(task_type="dedup_check", inputs=inputs))
    assert 0 <= reply.output["confidence"] <= 1
    return str(reply.output["verdict"])


@pytest.mark.parametrize(
    ("new", "existing", "expected"),
    [
        ("oil change for the car", "oil change for the lawn mower", "related"),
        ("send the invoice", "send the invoice to the client", "same"),
        ("buy milk", "buy milk", "same"),
        ("paint the fence", "call the bank", "different"),
    ],
)
async def test_words_beyond_the_other_decide(new: str, existing: str, expected: str) -> None:
    """Longer words for the same are the same; two objects are two."""
    assert await verdict(new, existing) == expected


async def test_a_sentence_is_read_as_it_would_be_without_a_model() -> None:
    """The output is plain data that makes the reading again."""
    inputs = {"text": "buy milk", "at": "2026-11-23T07:00:00+00:00", "zone": "Europe/Berlin",
              "day_first": False}  # fmt: skip
    reply = await model().complete(ModelRequest(task_type="parse_task", inputs=inputs))
    assert from_plain(Reading, reply.output).title == "Buy milk"
    assert reply.metadata.cost_usd == 0


async def test_everything_else_is_unavailable() -> None:
    """Rules do not pretend."""
    with pytest.raises(ModelUnavailable):
        await model().complete(ModelRequest(task_type="prep_research", inputs={}))
