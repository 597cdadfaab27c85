"""What was told Donna is remembered where it says more than its task, and leaves with it."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

import pytest

from donna_core.domain.effects import Channel
from donna_core.domain.events import Event, EventKind
from donna_core.domain.ids import UserId
from donna_core.domain.tasks.task import InputChannel
from donna_core.testing.world import SimulatedWorld
from donna_core.usecases.capture import capture
from donna_core.usecases.edit import Correction, edit
from donna_core.usecases.remember import remember
from donna_core.usecases.undo import redo, undo
from donna_memory.documents import Document, SourceType
from donna_memory.ports import Kept, Written
from donna_memory.sources.chat import ChatSource, is_worth_a_turn
from donna_memory.sources.progress import Progress

PLUMBER = "Call the plumber who fixed the dishwasher of Ida in spring"
ROOF = "Have somebody look at the roof above the guest room"
FACT = "remember that the wifi code at the cabin is 4711"
SHORT = Correction(title="Plumber")


class Shelf:
    """Keeps documents by their id, and tells what is kept."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}

    async def upsert_many(self, documents: Iterable[Document]) -> Written:
        """Keep them; what is as before changes nothing."""
        several = list(documents)
        changed = [each for each in several if self.documents.get(each.source_id) != each]
        self.documents.update({each.source_id: each for each in several})
        return Written(changed=len(changed), unchanged=len(several) - len(changed), embedded=0)

    async def forget(self, _user: UserId, _source: SourceType, source_id: str) -> bool:
        """Erase one."""
        return self.documents.pop(source_id, None) is not None

    async def kept(self, _user: UserId, _source: SourceType) -> Mapping[str, Kept]:
        """Return what is known of each."""
        return {
            name: Kept(
                content_hash=each.content_hash,
                body_hash=each.body_hash,
                metadata=each.metadata,
                is_deleted=False,
            )
            for name, each in self.documents.items()
        }

    @property
    def said(self) -> list[str]:
        """Everything that is kept, by id."""
        return [each.content for _, each in sorted(self.documents.items())]


class Home:
    """A world whose owner talks to Donna, and the memory of it."""

    def __init__(self) -> None:
        self.world, self.shelf = SimulatedWorld(), Shelf()
        self.runtime = self.world.runtime

    @property
    def source(self) -> ChatSource:
        """Give the source, which keeps nothing between two looks."""
        shelf: object = self.shelf  # the three methods that a source needs
        return ChatSource(
            unit_of_work=self.runtime.unit_of_work,
            store=shelf,  # type: ignore[arg-type]  # as said above
            catalog=shelf,  # type: ignore[arg-type]  # as said above
            user_id=self.runtime.user_id,
            zone=self.runtime.policy.zone,
        )

    def later(self, *, days: int) -> None:
        """Let days go by."""
        self.world.clock.advance(by=timedelta(days=days))

    async def shortened(
        self, text: str, title: str, *, channel: InputChannel = InputChannel.APP
    ) -> None:
        """Say something, and leave only a short title of it in the task."""
        done = await capture(self.runtime, text, channel=channel)
        number = done.task.number if done.task else 0
        await edit(self.runtime, str(number), Correction(title=title, description=""))


@pytest.fixture
def home() -> Home:
    """Give an empty one."""
    return Home()


async def test_a_sentence_its_task_holds_is_no_second_text(home: Home) -> None:
    """Whatever it says of the time; it becomes one as soon as the task says less."""
    await home.world.say(f"{PLUMBER} tomorrow morning at 9:30 for two hours")
    assert await home.source.follow() == 0

    await edit(home.runtime, "1", SHORT)
    assert await home.source.follow() == 1

    [document] = home.shelf.documents.values()
    assert document.content.startswith(PLUMBER)
    assert (document.speaker, document.session) == ("You", "app:2026-11-23")
    first, last = (document.metadata[name] for name in ("first", "last"))
    assert document.source_id == f"app:2026-11-23:{first}-{last}"


async def test_turns_of_one_day_and_channel_become_one_text(home: Home) -> None:
    """In order, live as in a backfill; another day and another channel have their own."""
    await home.shortened(PLUMBER, "Plumber")
    await home.source.follow()
    await home.shortened(ROOF, "Roof")
    await home.source.follow()
    assert home.shelf.said == [f"{PLUMBER}\n{ROOF}"]

    anchor = "Ask Bo whether the boat needs another anchor chain"
    await home.shortened(anchor, "Boat", channel=InputChannel.EMAIL)
    home.later(days=1)
    await home.shortened("Find out which ladder the painter borrowed last summer", "Ladder")
    await home.source.follow()
    live = dict(home.shelf.documents)
    assert [each.session for _, each in sorted(live.items())] == [
        "app:2026-11-23", "app:2026-11-24", "email:2026-11-23",
    ]  # fmt: skip

    home.shelf.documents.clear()
    told: list[Progress] = []
    assert await home.source.backfill(told.append) == 3
    assert home.shelf.documents == live
    assert told[-1] == Progress(looked_at=3, kept=3)
    assert await home.source.backfill() == 3
    assert home.shelf.documents == live


async def test_what_donna_says_is_not_kept_but_ends_a_run(home: Home) -> None:
    """A message on the same channel stands between two turns."""
    await home.shortened(PLUMBER, "Plumber", channel=InputChannel.DISCORD)
    sent = Event(
        kind=EventKind.MESSAGE_SENT,
        at=home.world.clock.now(),
        data={"key": "notice:1", "what": Channel.DISCORD.value},
    )
    await home.world.look(lambda stores: stores.events.append([sent]))
    await home.shortened(ROOF, "Roof", channel=InputChannel.DISCORD)

    await home.source.follow()

    assert home.shelf.said == [PLUMBER, ROOF]
    assert [each.position for _, each in sorted(home.shelf.documents.items())] == [0, 1]


async def test_words_leave_with_their_task_and_come_back_with_it(home: Home) -> None:
    """On another day too; the rest of the day's words stay."""
    await home.shortened(ROOF, "Roof")
    await home.world.say(PLUMBER)
    await edit(home.runtime, "2", SHORT)
    await home.source.follow()
    assert home.shelf.said == [f"{ROOF}\n{PLUMBER}"]
    home.later(days=3)

    await undo(home.runtime)  # of the edit: the task says it all again
    await undo(home.runtime)
    await home.source.follow()
    assert home.shelf.said == [ROOF]
    await home.source.backfill()
    assert home.shelf.said == [ROOF]

    await redo(home.runtime)
    await redo(home.runtime)
    await home.source.follow()
    assert home.shelf.said == [f"{ROOF}\n{PLUMBER}"]


async def test_what_was_forgotten_does_not_come_back_with_the_next_sentence(home: Home) -> None:
    """Only a backfill remembers it again."""
    await home.shortened(PLUMBER, "Plumber")
    await home.source.follow()
    home.shelf.documents.clear()

    await home.shortened(ROOF, "Roof")
    await home.source.follow()
    assert home.shelf.said == [ROOF]

    await home.source.backfill()
    assert home.shelf.said == [f"{PLUMBER}\n{ROOF}"]


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("ok", False),
        ("thanks a lot", False),
        ("why?", True),
        ("buying milk", True),
        ("I bought it", True),
        ("scheduled", True),
        ("a recall of no use", False),
        ("that was quite a long evening", True),
    ],
)
def test_a_short_turn_is_kept_where_it_asks(text: str, *, worth: bool) -> None:
    """Under twenty characters it has to hold a question or a verb of work."""
    assert is_worth_a_turn(text) is worth


async def test_talk_is_a_turn_though_no_task_holds_it(home: Home) -> None:
    """Short or long, by itself between the sentences around it, live as in a backfill."""
    await home.shortened(PLUMBER, "Plumber")
    await home.source.follow()
    await remember(home.runtime, "Ann sings")
    await home.source.follow()
    await capture(home.runtime, FACT)
    await home.source.follow()

    assert home.shelf.said == [PLUMBER, "Ann sings", FACT]
    live = dict(home.shelf.documents)
    home.shelf.documents.clear()
    assert await home.source.backfill() == 3
    assert home.shelf.documents == live


async def test_talk_that_is_taken_back_is_forgotten_until_it_is_redone(home: Home) -> None:
    """On another day too, and the rest of its day stays."""
    await remember(home.runtime, "Ann sings")
    await remember(home.runtime, FACT)
    await home.source.follow()
    home.later(days=2)
    await remember(home.runtime, "Bo is a pilot")
    await home.source.follow()

    for _ in range(2):
        await undo(home.runtime)
    await home.source.follow()
    assert home.shelf.said == ["Ann sings"]
    await home.source.backfill()
    assert home.shelf.said == ["Ann sings"]

    for _ in range(2):
        await redo(home.runtime)
    await home.source.follow()
    assert home.shelf.said == ["Ann sings", FACT, "Bo is a pilot"]


async def test_talk_that_was_forgotten_stays_so_until_it_is_said_again(home: Home) -> None:
    """Or until a backfill, or a redo, which asks for it."""
    await remember(home.runtime, FACT)
    await home.source.follow()
    home.shelf.documents.clear()
    await remember(home.runtime, "Ann sings")
    await home.source.follow()
    assert home.shelf.said == ["Ann sings"]

    await undo(home.runtime)
    await undo(home.runtime)
    await home.source.follow()
    assert home.shelf.said == []
    await redo(home.runtime)
    await home.source.follow()
    assert home.shelf.said == [FACT]
