"""The skills Donna comes with: as they are written, on their own fixtures, with the real tools."""

from pathlib import Path

import pytest

from donna_core.domain.labels import Label
from donna_core.domain.tools import Reach, ToolSpec
from donna_core.local.settings import load_settings
from donna_core.testing.contracts.stores import NOON
from donna_core.testing.fake_clock import FakeClock
from donna_core.testing.fake_ids import SequentialIds
from donna_skills.execution.fixtures import read_fixture
from donna_skills.execution.reading import read_skill
from donna_skills.execution.validation import Validator
from donna_skills.library.shipped import shipped
from donna_skills.tools.feeds import RSS_FETCH
from donna_skills.tools.pages import HTML_EXTRACT
from donna_skills.tools.web import WEB_FETCH


def of_a_mailbox(name: str) -> ToolSpec:
    """Return what a tool of a mailbox says of itself, as the specification has it."""
    return ToolSpec(
        name=name,
        description="Reads mail.",
        arguments={"type": "object"},
        reads=frozenset({"mail"}),
        reach=Reach.DECLARED,
        hosts=frozenset({"gmail.googleapis.com"}),
        labels=frozenset({Label.UNTRUSTED, Label.PRIVATE}),
    )


SPECS = {
    spec.name: spec
    for spec in (
        RSS_FETCH,
        HTML_EXTRACT,
        WEB_FETCH,
        of_a_mailbox("gmail_search"),
        of_a_mailbox("gmail_get_message"),
    )
}
GRANTS = {
    name: frozenset(row.tools) for name, row in load_settings().capabilities.capabilities.items()
}


def test_they_are_the_seven_of_the_specification() -> None:
    """Each has a capability of its name."""
    assert set(shipped()) == {
        *("parse_task", "dedup_check", "classify_priority", "fetch_and_summarize"),
        *("news_check", "email_triage", "product_watch"),
    }
    assert set(shipped()) == set(GRANTS)


@pytest.mark.parametrize("name", shipped())
async def test_it_does_what_its_fixtures_expect(name: str) -> None:
    """With exactly the tools its capability grants, and at least two cases."""
    folder: Path = shipped()[name]
    skill = read_skill(folder, specs=SPECS, granted=GRANTS[name]).skill
    texts = {path.name: path.read_text() for path in sorted(folder.glob("fixtures/*.json"))}
    fixtures = [read_fixture(text, where=each) for each, text in texts.items()]
    validator = Validator(specs=SPECS, clock=FakeClock(NOON), ids=SequentialIds())

    results = await validator.check(skill, fixtures, grant=GRANTS[name])

    assert skill.capability == name
    assert len(results) >= 2
    assert {each.name: each.problem for each in results if not each.passed} == {}
