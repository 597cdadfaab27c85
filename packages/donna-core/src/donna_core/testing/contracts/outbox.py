"""What every outbox keeps to."""

from collections.abc import Collection, Sequence
from datetime import datetime

from attrs import evolve

from donna_core.domain.effects import CalendarAction, Channel, Delivery
from donna_core.domain.ids import TaskId
from donna_core.ports.outbox import DeliveryState, Lane, OutboxRow
from donna_core.testing.contracts.stores import (
    HOUR,
    MINUTE,
    NOON,
    StoresContract,
    calendar_write,
    message,
)

ONE, TWO = TaskId("task-1"), TaskId("task-2")


class OutboxContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def add(self, *deliveries: Delivery) -> None:
        """Add the deliveries at noon in a decision of their own."""
        await self.run(lambda stores: stores.outbox.add(iter(deliveries), at=NOON))

    async def claim(
        self, lane: Lane = Lane.DISCORD, *, now: datetime = NOON, limit: int = 9
    ) -> tuple[OutboxRow, ...]:
        """Claim for a minute in a decision of its own."""
        return await self.run(
            lambda stores: stores.outbox.claim(lane, now=now, lease_until=now + MINUTE, limit=limit)
        )

    async def settle(
        self,
        row: OutboxRow,
        state: DeliveryState,
        *,
        remote_id: str | None = None,
        not_before: datetime | None = None,
        note: str = "",
    ) -> bool:
        """Settle a second after noon in a decision of its own, with the fence of the row."""
        return await self.run(
            lambda stores: stores.outbox.settle(
                row.delivery.key,
                fence=row.fence,
                state=state,
                at=NOON + MINUTE / 60,
                remote_id=remote_id,
                not_before=not_before,
                note=note,
            )
        )

    async def rows(
        self,
        *,
        lane: Lane | None = None,
        states: Collection[DeliveryState] | None = None,
        task_id: TaskId | None = None,
    ) -> tuple[OutboxRow, ...]:
        """Return the deliveries that meet every filter given."""
        return await self.run(
            lambda stores: stores.outbox.select(lane=lane, states=states, task_id=task_id)
        )

    async def test_deliveries_come_back_as_added(self) -> None:
        """Both kinds survive whole, in the order of decision, unclaimed."""
        full = message(
            "z",
            subject="Ž",
            body="two\nlines",
            expires_at=NOON + HOUR,
            task_id=ONE,
            ref="AB12",
            not_before=NOON + MINUTE,
        )
        write = calendar_write("b", action=CalendarAction.DELETE, description="why")
        await self.add(full, write)
        await self.add(message("a"))

        rows = await self.rows()
        assert [row.delivery for row in rows] == [full, write, message("a")]
        assert [row.not_before for row in rows] == [NOON + MINUTE, NOON, NOON]
        assert [row.sequence for row in rows] == sorted({row.sequence for row in rows})
        for row in rows:
            assert (row.state, row.attempts, row.fence) == (DeliveryState.PENDING, 0, 0)
            assert (row.lease_until, row.sent_at, row.remote_id, row.note) == (None, None, None, "")
            assert (row.cause, row.left_at) == (None, None)

    async def test_a_known_key_is_left_as_it_is(self) -> None:
        """Whatever became of the first, the second changes nothing."""
        await self.add(message("a"), message("b"))
        [row, _] = await self.claim()
        await self.settle(row, DeliveryState.SENT)
        before = await self.rows()

        await self.add(message("a", body="Another"), message("b", body="Another"))
        assert await self.rows() == before

    async def test_a_lane_leaves_in_order_of_decision(self) -> None:
        """Only rows of the lane whose instant has come are taken, and the limit holds."""
        await self.add(
            message("c"),
            message("later", not_before=NOON + MINUTE),
            calendar_write("w"),
            message("b", not_before=NOON - HOUR),
            message("a"),
        )

        first = await self.claim(limit=2)
        assert keys(first) == ["c", "b"]
        for row in first:
            await self.settle(row, DeliveryState.SENT)
        assert keys(await self.claim()) == ["a"]
        assert keys(await self.claim()) == []
        assert keys(await self.claim(Lane.CALENDAR)) == ["w"]
        assert keys(await self.claim(now=NOON + MINUTE / 2)) == []

    async def test_no_message_overtakes_one_on_its_way(self) -> None:
        """Until that one has arrived or its lease has lapsed; other lanes do not wait for it."""
        await self.add(message("a"), message("b"), message("text", channel=Channel.SMS))
        [row] = await self.claim(limit=1)

        assert keys(await self.claim()) == []
        assert keys(await self.claim(Lane.SMS)) == ["text"]
        await self.settle(row, DeliveryState.SENT)
        assert keys(await self.claim()) == ["b"]

    async def test_what_an_older_copy_brings_back_is_put_aside(self) -> None:
        """What was to go before then is, unless it arrived; nobody claims or settles it."""
        await self.add(*(message(key) for key in ("sent", "flying", "old")))
        [row, flying] = await self.claim(limit=2)
        await self.settle(row, DeliveryState.SENT)
        await self.add(message("new", not_before=NOON + HOUR))
        later = NOON + MINUTE
        put_aside = await self.run(
            lambda stores: stores.outbox.quarantine(before=later, note="restored")
        )

        states = {found.delivery.key: found.state.value for found in await self.rows()}
        assert put_aside == 2
        aside = dict.fromkeys(("flying", "old"), "quarantined")
        assert states == {"sent": "sent", **aside, "new": "pending"}
        assert not await self.settle(flying, DeliveryState.SENT)
        assert keys(await self.claim(now=NOON + HOUR)) == ["new"]

    async def test_a_claim_is_counted_leased_and_fenced(self) -> None:
        """What the claim returns is what is stored."""
        await self.add(message())
        [row] = await self.claim()

        assert (row.state, row.attempts) == (DeliveryState.IN_FLIGHT, 1)
        assert row.lease_until == NOON + MINUTE
        assert row.left_at == NOON
        assert row.fence > 0
        assert await self.rows() == (row,)

    async def test_a_delivery_knows_the_job_that_decided_it(self) -> None:
        """Its key is kept beside the delivery."""
        await self.run(lambda s: s.outbox.add([message()], at=NOON, cause="job-1"))

        assert [row.cause for row in await self.rows()] == ["job-1"]

    async def test_a_lapsed_lease_leaves_the_fate_unknown(self) -> None:
        """At its end the row comes back as unknown, with a higher fence and one more attempt."""
        await self.add(message("a"), message("b", not_before=NOON + MINUTE))
        [first] = await self.claim()
        assert await self.claim(now=NOON + MINUTE - MINUTE / 60) == ()
        [lapsed, fresh] = await self.claim(now=NOON + MINUTE)

        assert (lapsed.delivery, lapsed.state) == (first.delivery, DeliveryState.UNKNOWN)
        assert (lapsed.attempts, lapsed.lease_until) == (2, NOON + 2 * MINUTE)
        assert lapsed.fence > first.fence
        assert (fresh.delivery.key, fresh.state) == ("b", DeliveryState.IN_FLIGHT)
        assert await self.rows() == (lapsed, fresh)

    async def test_what_is_unknown_stays_so_until_somebody_has_looked(self) -> None:
        """Whoever was to look and did not leaves it to the next, as unknown."""
        await self.add(message("crashed"), message("timed out"))
        [_, row] = await self.claim()
        assert await self.settle(row, DeliveryState.UNKNOWN, note="no answer")

        await self.claim(now=NOON + MINUTE)
        found = await self.claim(now=NOON + 2 * MINUTE)
        assert [row.state for row in found] == [DeliveryState.UNKNOWN] * 2
        assert [row.attempts for row in found] == [3, 3]
        assert await self.settle(found[0], DeliveryState.SENT, remote_id="r")
        assert await self.settle(found[1], DeliveryState.PENDING, not_before=NOON + HOUR)
        [again] = await self.claim(now=NOON + HOUR)
        assert (again.delivery.key, again.state) == ("timed out", DeliveryState.IN_FLIGHT)

    async def test_one_who_saw_a_time_out_may_look_at_once(self) -> None:
        """After unknown the same fence still settles, as long as the lease holds."""
        await self.add(message())
        [row] = await self.claim()
        assert await self.settle(row, DeliveryState.UNKNOWN)
        assert await self.claim(now=NOON + MINUTE / 2) == ()

        assert await self.settle(row, DeliveryState.SENT, remote_id="r")
        [sent] = await self.rows()
        assert (sent.state, sent.remote_id) == (DeliveryState.SENT, "r")

    async def test_sending_notes_when_and_under_which_name(self) -> None:
        """A sent row carries the instant, the remote id and the note, and no lease."""
        await self.add(message())
        [row] = await self.claim()
        assert await self.settle(row, DeliveryState.SENT, remote_id="r-1", note="fine")

        sent = evolve(
            row,
            state=DeliveryState.SENT,
            sent_at=NOON + MINUTE / 60,
            remote_id="r-1",
            note="fine",
            lease_until=None,
        )
        assert await self.rows() == (sent,)

    async def test_only_the_latest_fence_settles(self) -> None:
        """Whoever slept past the lease changes nothing, and nobody settles what is final."""
        await self.add(message())
        [slept] = await self.claim()
        [awake] = await self.claim(now=NOON + HOUR)

        assert not await self.settle(slept, DeliveryState.SENT)
        assert await self.settle(awake, DeliveryState.DEAD, note="refused")
        before = await self.rows()
        assert not await self.settle(awake, DeliveryState.SENT)
        assert await self.rows() == before
        assert (before[0].state, before[0].sent_at) == (DeliveryState.DEAD, None)

    async def test_nothing_but_a_claimed_row_is_settled(self) -> None:
        """An unknown key and a row that was never claimed are left alone."""
        await self.add(message())
        [row] = await self.rows()

        assert not await self.settle(row, DeliveryState.SENT)
        assert not await self.settle(evolve(row, delivery=message("none")), DeliveryState.SENT)
        assert await self.rows() == (row,)

    async def test_a_delivery_can_be_tried_again_later(self) -> None:
        """Back to pending it waits for the instant given and leaves in its old place."""
        await self.add(message("a"), message("b", not_before=NOON + HOUR))
        [row] = await self.claim()
        assert await self.settle(row, DeliveryState.PENDING, not_before=NOON + HOUR)

        assert await self.claim(now=NOON + HOUR - MINUTE) == ()
        [again, _] = found = await self.claim(now=NOON + HOUR)
        assert keys(found) == ["a", "b"]
        assert (again.attempts, again.not_before) == (2, NOON + HOUR)
        assert (again.state, again.delivery) == (DeliveryState.IN_FLIGHT, message("a"))

    async def test_the_next_instant_is_the_next_leave_or_lapse(self) -> None:
        """It is when a claim of the lane next finds something."""

        async def next_due(lane: Lane = Lane.DISCORD) -> datetime | None:
            return await self.run(lambda stores: stores.outbox.next_due(lane))

        assert await next_due() is None
        await self.add(message("a"), message("b", not_before=NOON + HOUR))
        assert await next_due() == NOON
        assert await next_due(Lane.CALENDAR) is None
        [row] = await self.claim()
        assert await next_due() == NOON + MINUTE
        await self.settle(row, DeliveryState.SENT)
        assert await next_due() == NOON + HOUR

    async def test_rows_are_selected_by_every_filter(self) -> None:
        """Those that meet all filters come in order of decision."""
        await self.add(
            message("c", task_id=ONE),
            calendar_write("b", task_id=ONE),
            message("a", task_id=TWO, not_before=NOON + HOUR),
        )
        await self.claim()
        pending, flying = DeliveryState.PENDING, DeliveryState.IN_FLIGHT

        for lane, states, task_id, expected in [
            (None, None, None, ["c", "b", "a"]),
            (Lane.DISCORD, None, None, ["c", "a"]),
            (None, {pending}, None, ["b", "a"]),
            (None, [pending, flying], ONE, ["c", "b"]),
            (Lane.CALENDAR, {flying}, None, []),
            (None, (), None, []),
        ]:
            found = await self.rows(lane=lane, states=states, task_id=task_id)
            assert keys(found) == expected


def keys(rows: Sequence[OutboxRow]) -> list[str]:
    """Return the keys of the deliveries in their order."""
    return [row.delivery.key for row in rows]
