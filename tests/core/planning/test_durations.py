"""How long work really takes, learned from what was done."""

import math
import random
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.planning.durations import TimeModel, Usual, Worked, kind_of
from donna_core.domain.tasks.task import Domain
from donna_core.testing.weeks import HOUR, MONDAY, task


def done(title: str, *, took: timedelta, estimated: timedelta = HOUR) -> Worked:
    """Return finished work of an estimated hour."""
    return Worked(
        domain=Domain.WORK, title=title, estimated=estimated, begun=MONDAY, ended=MONDAY + took
    )


def test_without_experience_a_cautious_guess_stands_in() -> None:
    """The estimate is the median, and it may well take longer."""
    outlook = TimeModel.of([]).outlook(task(1), HOUR)

    assert outlook.usual == HOUR
    assert outlook.cautious > HOUR
    assert outlook.like_it == 0
    assert outlook.chance is not None
    assert 0.5 <= outlook.chance < 1


def test_work_of_its_kind_teaches_most() -> None:
    """Reports take twice as long, calls do not."""
    reports = [done(f"Write report {n}", took=2 * HOUR) for n in range(12)]
    calls = [done(f"Call client {n}", took=HOUR) for n in range(12)]
    model = TimeModel.of([*reports, *calls])

    assert model.quantile(task(99, title="Write minutes"), 0.5) == 2 * HOUR
    assert model.quantile(task(98, title="Call mum"), 0.5) == HOUR


def test_slips_teach_nothing() -> None:
    """Closed within the minute, or left open over the weekend."""
    slips = [done("Write it", took=timedelta(0)), done("Write it", took=60 * HOUR)]

    assert TimeModel.of(slips).factors == {}


@given(st.lists(st.integers(5, 600), max_size=20), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_quantiles_rise_and_chances_agree(minutes: list[int], low: float, high: float) -> None:
    """More certainty takes more time, and a quantile is enough for its share."""
    history = [done("Write", took=timedelta(minutes=each)) for n, each in enumerate(minutes)]
    model, asked = TimeModel.of(history), task(99, title="Write")
    low, high = min(low, high), max(low, high)

    assert model.quantile(asked, low) <= model.quantile(asked, high)
    assert model.chance(asked, model.quantile(asked, high)) >= high - 1e-9


def test_chances_are_honest_after_fifty_of_a_kind() -> None:
    """Of what is called 60 % likely, about 60 % is done in time: within five points."""
    dice = random.Random(11)

    def takes() -> timedelta:
        return HOUR * math.exp(dice.gauss(0.3, 0.4))

    model = TimeModel.of([done("Write", took=takes()) for n in range(50)])
    asked = task(99, title="Write")
    errors = []
    for share in (0.2, 0.4, 0.6, 0.8):
        enough = model.quantile(asked, share)
        errors.append(abs(sum(takes() <= enough for _ in range(4000)) / 4000 - share))

    assert sum(errors) / len(errors) < 0.05


def test_a_kind_is_a_part_of_life_and_a_verb() -> None:
    """Whatever the work is about."""
    assert kind_of(task(1, title="Write the report")) == kind_of(task(2, title="write minutes"))


def test_enough_work_of_a_kind_tells_how_long_it_takes() -> None:
    """The duration that is enough for six of ten, whatever it was estimated at."""
    minutes = [20, 25, 30, 35, 40, 45, 50, 55, 60, 90]
    history = [done("Call them", took=timedelta(minutes=each)) for each in minutes]

    model = TimeModel.of([*history, done("Write it", took=HOUR)])

    expected = Usual(duration=timedelta(minutes=45), like_it=10)
    assert model.usual(Domain.WORK, "call mum") == expected
    assert model.usual(Domain.WORK, "Write a letter") is None
    assert model.usual(Domain.FAMILY, "Call mum") is None
