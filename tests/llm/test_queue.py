"""Whose turn it is, whatever comes in whatever order."""

from typing import Any

from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from donna_core.domain.spending.ledger import ModelLane
from donna_core.ports.language_model import Urgency
from donna_llm.queue import Full, QueueRules, Ticket, Turns

ROOM = {ModelLane.EXTERNAL: 1000, ModelLane.INTERNAL: 1000}
RULES = QueueRules(depth=ROOM, most_interruptions=3, most_overtaken=8)

arrivals = st.tuples(
    st.just("arrive"),
    st.sampled_from(["chat", "digest", "skills"]),
    st.sampled_from(ModelLane),
    st.sampled_from(Urgency),
)
events = st.lists(arrivals | st.just(("finish",)), max_size=80)


def offered(turns: Turns, **more: Any) -> Ticket:
    """Let one question in."""
    asked = {"caller": "donna", "lane": ModelLane.INTERNAL, "urgency": Urgency.NORMAL, **more}
    ticket = turns.offer(**asked)
    assert isinstance(ticket, Ticket)
    return ticket


@define
class Play:
    """Runs a queue through events and keeps who started in which order."""

    turns: Turns
    started: list[Ticket] = field(factory=list)
    passed: dict[int, int] = field(factory=dict)

    def pump(self) -> None:
        while (ticket := self.turns.start_next()) is not None:
            ticket.is_movable = True
            self.started.append(ticket)
            for other in self.turns.waiting:
                if other.number < ticket.number:
                    self.passed[other.number] = self.passed.get(other.number, 0) + 1

    def step(self, event: tuple[Any, ...]) -> None:
        if event[0] == "finish" and self.turns.running:
            self.turns.leave(self.turns.running[0])
        elif event[0] == "arrive":
            _, caller, lane, urgency = event
            offered(self.turns, caller=caller, lane=lane, urgency=urgency)
            if (victim := self.turns.victim()) is not None:
                self.turns.interrupt(victim)
        self.pump()


@given(events, st.integers(1, 3))
def test_nobody_is_overtaken_for_ever(happened: list[tuple[Any, ...]], at_once: int) -> None:
    """However much comes after it, a question is overtaken only so often."""
    play = Play(Turns(RULES, at_once))
    for event in happened:
        play.step(event)

    assert all(count <= RULES.most_overtaken for count in play.passed.values())


@given(events, st.integers(1, 3))
def test_everybody_gets_a_turn(happened: list[tuple[Any, ...]], at_once: int) -> None:
    """Once no more comes, all that came is asked, and no more at once than may be."""
    play = Play(Turns(RULES, at_once))
    for event in happened:
        play.step(event)
        assert len(play.turns.running) <= at_once
    while play.turns.running:
        play.step(("finish",))

    came = sum(event[0] == "arrive" for event in happened)
    assert {ticket.number for ticket in play.started} == set(range(1, came + 1))
    assert play.turns.waiting == []


@given(events)
def test_nobody_is_interrupted_for_ever(happened: list[tuple[Any, ...]]) -> None:
    """A question steps aside only so often, and never one that a person waits for."""
    play = Play(Turns(RULES, 1))
    for event in happened:
        play.step(event)

    for ticket in play.started:
        assert ticket.interruptions <= RULES.most_interruptions
        assert not ticket.interruptions or ticket.lane is ModelLane.INTERNAL


@given(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=60))
def test_callers_share_turns(callers: list[str]) -> None:
    """Among equals, no caller with work waiting is more than one turn behind another."""
    turns = Turns(QueueRules(depth=ROOM, most_overtaken=1000), 1)
    for caller in callers:
        offered(turns, caller=caller)
    served = dict.fromkeys(callers, 0)
    while (ticket := turns.start_next()) is not None:
        turns.leave(ticket)
        served[ticket.caller] += 1
        left = {each.caller for each in turns.waiting}
        if left:
            behind = min(served[caller] for caller in left)
            assert max(served[caller] for caller in left) - behind <= 1


def test_the_more_urgent_goes_first() -> None:
    """Urgency counts most, then that a person waits, then who came first."""
    turns = Turns(RULES, 1)
    background = offered(turns, urgency=Urgency.BACKGROUND)
    own = offered(turns)
    person = offered(turns, lane=ModelLane.EXTERNAL)
    critical = offered(turns, urgency=Urgency.CRITICAL)

    order = []
    while (ticket := turns.start_next()) is not None:
        turns.leave(ticket)
        order.append(ticket)
    assert order == [critical, person, own, background]


def test_a_person_pushes_the_least_urgent_aside() -> None:
    """Of what runs, the least urgent steps aside, of equals the latest; then it goes first."""
    turns = Turns(RULES, 2)
    older, newer = (offered(turns, urgency=Urgency.BACKGROUND) for _ in range(2))
    for _ in range(2):
        started = turns.start_next()
        assert started is not None
        started.is_movable = True
    person = offered(turns, lane=ModelLane.EXTERNAL, urgency=Urgency.CRITICAL)

    assert turns.victim() is newer
    assert turns.victim() is None
    turns.interrupt(newer)
    assert turns.start_next() is person
    offered(turns, urgency=Urgency.BACKGROUND)
    turns.leave(person)
    assert turns.start_next() is newer
    assert older in turns.running


def test_a_full_lane_refuses_one_more() -> None:
    """Each lane has a depth of its own."""
    rules = QueueRules(depth={ModelLane.EXTERNAL: 1, ModelLane.INTERNAL: 2})
    turns = Turns(rules, 1)
    for _ in range(2):
        offered(turns)

    refused = turns.offer(caller="x", lane=ModelLane.INTERNAL, urgency=Urgency.CRITICAL)

    assert refused == Full(lane=ModelLane.INTERNAL, depth=2)
    assert isinstance(offered(turns, lane=ModelLane.EXTERNAL), Ticket)


def test_background_work_is_held() -> None:
    """While it is held, what nobody waits for is not begun, and not overtaken either."""
    turns = Turns(RULES, 1)
    background = offered(turns, urgency=Urgency.BACKGROUND)
    own = offered(turns)

    assert turns.start_next(hold_background=True) is own
    turns.leave(own)
    assert turns.start_next(hold_background=True) is None
    assert background.overtaken == 0
    assert turns.start_next() is background
