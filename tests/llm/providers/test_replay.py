"""What was recorded is answered again, word by word."""

import json
import stat
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from donna_core.testing.contracts.failures import failure
from donna_llm.errors import KINDS, ProviderError, RateLimited, RecordingMissing
from donna_llm.ports import Provider, ProviderCall
from donna_llm.providers.replay import (
    RecordingProvider,
    RecordingUnreadable,
    ReplayProvider,
    fingerprint,
)
from donna_llm.testing.contracts import DATA, TEXT, ProviderContract
from donna_llm.testing.scripted_provider import ScriptedProvider
from donna_llm.usage import Usage

CALL = ProviderCall(
    model="small",
    prompt="Which day is it?",
    max_tokens=100,
    first_byte=timedelta(seconds=10),
    total=timedelta(seconds=30),
    request_id="question-1",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the place of a recording that is not there yet."""
    return tmp_path / "recording.jsonl"


class TestReplayProvider(ProviderContract):
    model = "small"

    @pytest.fixture(autouse=True)
    def _place(self, path: Path) -> None:
        self._path = path

    @asynccontextmanager
    async def answering(self, answer: str | Mapping[str, Any]) -> AsyncIterator[Provider]:
        vendor = RecordingProvider(ScriptedProvider([answer]), self._path)
        await vendor.call(self.prompt_call() if isinstance(answer, str) else self.data_call())
        yield ReplayProvider(self._path)


class TestRecordingProvider(ProviderContract):
    model = "small"

    @pytest.fixture(autouse=True)
    def _place(self, path: Path) -> None:
        self._path = path

    @asynccontextmanager
    async def answering(self, answer: str | Mapping[str, Any]) -> AsyncIterator[Provider]:
        yield RecordingProvider(ScriptedProvider([answer], models=[self.model]), self._path)


async def test_replies_and_errors_come_again_in_their_order(path: Path) -> None:
    """The same call gets what it got the first time, then what it got the second time."""
    limited = RateLimited(
        "60 a minute",
        provider="scripted",
        model="small",
        retry_after=timedelta(seconds=7.5),
        usage=Usage(tokens_in=3),
    )
    recorder = RecordingProvider(ScriptedProvider([limited, DATA]), path)
    first, second = await failure(recorder.call(CALL)), await recorder.call(CALL)

    replay = ReplayProvider(path)

    again = await failure(replay.call(CALL))
    assert isinstance(first, RateLimited)
    assert isinstance(again, RateLimited)
    assert (str(again), vars(again)) == (str(first), vars(first))
    assert await replay.call(CALL) == second


async def test_an_answer_is_given_as_often_as_it_was_recorded(path: Path) -> None:
    """One call more than there were names what is missing."""
    await RecordingProvider(ScriptedProvider([TEXT]), path).call(CALL)
    replay = ReplayProvider(path)
    await replay.call(CALL)

    problem = await failure(replay.call(CALL))

    assert isinstance(problem, RecordingMissing)
    assert f"{path} holds 1 answers to this call" in str(problem)


async def test_a_call_that_was_never_recorded_is_named(path: Path) -> None:
    """Another prompt is another call."""
    await RecordingProvider(ScriptedProvider([TEXT]), path).call(CALL)
    other = evolve(CALL, prompt="Which month is it?")

    problem = await failure(ReplayProvider(path).call(other))

    assert isinstance(problem, RecordingMissing)
    assert fingerprint(other)[:12] in str(problem)


async def test_a_model_may_be_named_with_its_provider(path: Path) -> None:
    """Two vendors that have a model of one name are told apart."""
    await RecordingProvider(ScriptedProvider(["one"], name="one"), path).call(CALL)
    await RecordingProvider(ScriptedProvider(["two"], name="two"), path).call(CALL)
    replay = ReplayProvider(path)

    answers = [(await replay.call(evolve(CALL, model=f"{name}/small"))).text
               for name in ("two", "one")]  # fmt: skip

    assert answers == ["two", "one"]


def test_only_what_an_answer_depends_on_is_in_the_fingerprint() -> None:
    """Deadlines and the request's id change nothing, the rest does."""
    same = evolve(CALL, request_id="b", first_byte=timedelta(1), total=timedelta(2))
    others = [
        evolve(CALL, system="Be brief."),
        evolve(CALL, schema={"type": "object"}),
        evolve(CALL, max_tokens=99),
        evolve(CALL, temperature=0.0),
        evolve(CALL, context_tokens=4096),
    ]

    assert fingerprint(same) == fingerprint(CALL)
    assert len({fingerprint(each) for each in [CALL, *others]}) == 6


async def test_only_the_owner_may_read_a_recording(path: Path) -> None:
    """It holds what people wrote."""
    await RecordingProvider(ScriptedProvider([TEXT]), path).call(CALL)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "change",
    [
        lambda line: {**line, "format": 2},
        lambda line: {**line, "call": {**line["call"], "prompt": "another"}},
        lambda line: {**line, "reply": {"text": "no usage"}},
        lambda line: {key: line[key] for key in line if key != "reply"},
        lambda line: [line],
    ],
)
async def test_a_line_of_another_shape_is_named(path: Path, change: Any) -> None:
    """The message has file and line."""
    recorder = RecordingProvider(ScriptedProvider([TEXT, TEXT]), path)
    await recorder.call(CALL)
    await recorder.call(CALL)
    first, second = path.read_text().splitlines()
    path.write_text(f"{first}\n{json.dumps(change(json.loads(second)))}\n")

    with pytest.raises(RecordingUnreadable, match=r"recording.jsonl:2: "):
        ReplayProvider(path)


def test_a_missing_file_is_named(path: Path) -> None:
    """There is nothing to replay."""
    with pytest.raises(RecordingUnreadable, match="cannot be read"):
        ReplayProvider(path)


@given(text=st.text(), code=st.sampled_from(sorted(KINDS)))
async def test_any_answer_survives_the_file(
    tmp_path_factory: pytest.TempPathFactory, text: str, code: str
) -> None:
    """Text of any script and errors of any kind come back as they were."""
    path = tmp_path_factory.mktemp("any") / "recording.jsonl"
    error: ProviderError = KINDS[code](text, provider="scripted", model="small")
    recorder = RecordingProvider(ScriptedProvider([text, error]), path)
    await recorder.call(CALL)
    await failure(recorder.call(CALL))

    replay = ReplayProvider(path)

    assert (await replay.call(CALL)).text == text
    assert type(await failure(replay.call(CALL))) is KINDS[code]
