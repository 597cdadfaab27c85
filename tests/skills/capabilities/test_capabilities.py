"""A message finds the capability it means, with inputs that fit."""

from collections.abc import Sequence

import numpy as np
import pytest

from donna_core.domain.skill.capability import Capability, CapabilityStatus, Trigger
from donna_core.testing.scripted_model import ScriptedLanguageModel
from donna_skills.capabilities.inputs import EXTRACTION, checked, extract_inputs
from donna_skills.capabilities.matching import Band, MeaningMatcher, Vectors, WordMatcher
from donna_skills.capabilities.registry import (
    Capabilities,
    CapabilityToolConfigError,
    UnusableCapability,
)

WATCH = Capability(
    name="product_watch",
    description="Watches the page of a product and tells when its price falls.",
    trigger=Trigger.ON_SCHEDULE,
    input_schema={
        "type": "object",
        "properties": {
            "url": {"type": "string", "format": "uri"},
            "currency": {"enum": ["EUR", "USD"], "default": "EUR"},
            "below": {"type": "number"},
        },
        "required": ["url", "below"],
        "additionalProperties": False,
    },
    tools=frozenset({"web_fetch"}),
)
NEWS = Capability(
    name="news_check", description="Reads feeds and sums up what is new about a topic."
)
MAIL = Capability(name="email_triage", description="Sorts mail by what has to be answered.")
ALL = (WATCH, NEWS, MAIL)
AXES = ("price", "news", "mail")


def embed(texts: Sequence[str]) -> Vectors:
    """Return how often each text names the three subjects, as unit vectors."""
    rows = np.array([[1e-3 + text.casefold().count(word) for word in AXES] for text in texts])
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def test_by_meaning_the_bands_tell_how_sure_it_is() -> None:
    """Near is high, half is medium, and the order is by score, then name."""
    matcher = MeaningMatcher(embed)
    for each in ALL:
        matcher.put(each.name, each.text)
    sure = matcher.nearest("Tell me the price")
    half = matcher.nearest("price and news")

    assert (sure[0].name, sure[0].band) == ("product_watch", Band.HIGH)
    assert sure[-1].band is Band.LOW
    assert {match.band for match in half[:2]} == {Band.MEDIUM}
    assert [match.score for match in half] == sorted((m.score for m in half), reverse=True)


def test_by_words_only_the_name_is_sure() -> None:
    """Shared words are asked about; nothing shared is nothing found."""
    matcher = WordMatcher()
    for each in ALL:
        matcher.put(each.name, each.text)

    named = matcher.nearest("please run the news check")[0]
    asked = matcher.nearest("tell when the price of the product falls")[0]
    nothing = matcher.nearest("hello")[0]
    assert (named.name, named.band) == ("news_check", Band.HIGH)
    assert (asked.name, asked.band) == ("product_watch", Band.MEDIUM)
    assert (nothing.score, nothing.band) == (0.0, Band.LOW)


def test_a_double_waits_for_a_look() -> None:
    """What is much like another is kept and not offered; a name is given once."""
    known = Capabilities(MeaningMatcher(embed))
    kept = [known.add(each).status for each in ALL]
    double = known.add(Capability(name="deals", description="price price price"))

    assert kept == [CapabilityStatus.ACTIVE] * 3
    assert double.status is CapabilityStatus.PENDING
    assert known.get("deals") == double
    with pytest.raises(UnusableCapability, match="another of this name"):
        known.add(NEWS)
    with pytest.raises(UnusableCapability, match="schema is wrong"):
        known.add(Capability(name="odd", description="Odd.", input_schema={"type": "objekt"}))


def test_what_acts_by_itself_has_its_tools_or_does_not_start() -> None:
    """A missing tool is loud for a schedule and a note for what is run by hand."""
    known = Capabilities(WordMatcher())
    known.add(WATCH)
    known.add(
        Capability(
            name="shoot",
            description="Takes a picture.",
            trigger=Trigger.ON_MANUAL,
            tools=frozenset({"browser_screenshot"}),
        )
    )
    with pytest.raises(CapabilityToolConfigError, match="product_watch needs web_fetch"):
        known.check_tools(frozenset())
    [gap] = known.check_tools(frozenset({"web_fetch"}))

    assert (gap.capability, gap.tool) == ("shoot", "browser_screenshot")


async def test_inputs_are_taken_from_words_and_held_against_the_schema() -> None:
    """What the model invents is dropped, what is missing is named, defaults are filled in."""
    model = ScriptedLanguageModel(
        {EXTRACTION: [{"url": "https://shop.test/a", "below": "cheap", "who": "me"}]}
    )
    found = await extract_inputs(model, WATCH, "Watch https://shop.test/a")

    assert found.values == {"url": "https://shop.test/a", "below": "cheap", "currency": "EUR"}
    assert found.missing == ()
    [problem] = found.problems
    assert problem.startswith("below: ")
    assert model.requests[0].schema is not None
    assert "required" not in model.requests[0].schema


async def test_without_a_model_rules_find_what_is_written_out() -> None:
    """An address and a value of a list; the rest is asked for."""
    nobody = ScriptedLanguageModel({})
    found = await extract_inputs(nobody, WATCH, "Watch https://shop.test/a, in usd please.")

    assert found.values == {"url": "https://shop.test/a", "currency": "USD"}
    assert found.missing == ("below",)
    assert not found.is_complete
    assert checked(WATCH, {**found.values, "below": 9.5}).is_complete
