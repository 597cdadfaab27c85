"""What every ledger keeps to."""

from datetime import date
from decimal import Decimal
from typing import Any

from donna_core.domain.ids import CallId, RequestId, TaskId
from donna_core.domain.spending.ledger import (
    Account,
    Amount,
    ModelLane,
    Reservation,
    Scope,
    Settlement,
    SpendEntry,
    SpendState,
    day_account,
    month_account,
    task_account,
)
from donna_core.ports.unit_of_work import Stores
from donna_core.testing.contracts.spending import TODAY, allowance, reservation, settlement
from donna_core.testing.contracts.stores import HOUR, ME, MINUTE, NOON, StoresContract, raised


def amount(spent: str = "0", reserved: str = "0") -> Amount:
    """Return the amount in dollars."""
    return Amount(spent=Decimal(spent), reserved=Decimal(reserved))


class SpendLedgerContract(StoresContract):
    """Subclass this in a test module, say which unit of work, and every promise is tested."""

    async def reserve(self, *wishes: Reservation) -> None:
        """Reserve in a decision of its own."""

        def decide(stores: Stores) -> None:
            for wish in wishes:
                stores.spend.reserve(wish)

        await self.run(decide)

    async def settle(self, known: Settlement) -> SpendEntry | None:
        """Settle in a decision of its own."""
        return await self.run(lambda stores: stores.spend.settle(known))

    async def release(self, name: str = "call-1") -> SpendEntry | None:
        """Release a minute after noon in a decision of its own."""
        return await self.run(
            lambda stores: stores.spend.release(CallId(name), at=NOON + MINUTE, note="not sent")
        )

    async def total(self, account: Account) -> Amount:
        """Return what the account holds."""
        return (await self.run(lambda stores: stores.spend.totals([account])))[account]

    async def entries(self, **filters: Any) -> tuple[SpendEntry, ...]:
        """Return the entries that meet the filters."""
        return await self.run(lambda stores: stores.spend.select(**filters))

    async def test_an_entry_comes_back_as_reserved(self) -> None:
        """Every field survives, with a task and without one, to a billionth of a dollar."""
        full = reservation(
            "call-2",
            "12345.123456789",
            at=NOON + HOUR,
            day=date(2026, 11, 21),
            lane=ModelLane.EXTERNAL,
            caller="chat é",
            task_id=TaskId("task-1"),
        )
        await self.reserve(reservation(), full)

        expected = tuple(SpendEntry(reservation=each) for each in (reservation(), full))
        assert await self.entries() == expected

    async def test_an_entry_counts_in_each_of_its_accounts(self) -> None:
        """And in no other."""
        wish = reservation(task_id=TaskId("task-1"))
        other = reservation(
            "call-2", "3", day=date(2026, 12, 1), caller="chat", request_id=RequestId("request-2")
        )
        await self.reserve(wish, other)

        assert {account.scope for account in wish.accounts} == set(Scope)
        for account in wish.accounts:
            assert await self.total(account) == amount(reserved="0.50")
        assert await self.total(month_account(TODAY)) != await self.total(
            month_account(date(2026, 12, 1))
        )
        assert await self.total(task_account(TaskId("none"))) == Amount()

    async def test_entries_of_one_account_add_up(self) -> None:
        """Reserved and spent are told apart, and nothing is lost to rounding."""
        await self.reserve(*(reservation(f"call-{n}", "0.100000001") for n in range(3)))
        await self.settle(settlement("call-0", "0.000000003"))
        await self.settle(settlement("call-1", None))

        expected = amount(spent="0.100000004", reserved="0.100000001")
        assert await self.total(day_account(TODAY)) == expected

    async def test_an_id_is_reserved_once(self) -> None:
        """A second entry of the same id is refused and books nothing."""
        await self.reserve(reservation())
        again = reservation("call-1", "9")
        unit = self.unit_of_work(ME)
        await raised(unit.run(lambda stores: stores.spend.reserve(again)), ValueError)

        assert await self.total(day_account(TODAY)) == amount(reserved="0.50")

    async def test_settling_puts_the_cost_in_place_of_the_reservation(self) -> None:
        """What comes back is what is stored, with the instant and the note."""
        await self.reserve(reservation())
        entry = await self.settle(settlement(note="paid"))

        assert entry == SpendEntry(
            reservation=reservation(),
            state=SpendState.SETTLED,
            cost=Decimal("0.10"),
            closed_at=NOON + MINUTE,
            note="paid",
        )
        assert await self.entries() == (entry,)
        assert await self.total(day_account(TODAY)) == amount(spent="0.10")

    async def test_settling_again_changes_nothing(self) -> None:
        """Whatever the second settlement or a release says."""
        await self.reserve(reservation())
        first = await self.settle(settlement())

        for cost in ("0.40", None):
            assert await self.settle(settlement(cost=cost)) == first
        assert await self.release() == first
        assert await self.total(day_account(TODAY)) == amount(spent="0.10")

    async def test_an_unknown_cost_keeps_the_worst_case(self) -> None:
        """It counts as spent, a release does not give it back, and real usage corrects it."""
        await self.reserve(reservation())
        kept = await self.settle(settlement(cost=None))
        assert kept is not None
        assert (kept.state, kept.cost) == (SpendState.KEPT, Decimal("0.50"))
        assert await self.release() == kept
        assert await self.total(day_account(TODAY)) == amount(spent="0.50")

        corrected = await self.settle(settlement(cost="0.07"))
        assert corrected is not None
        assert corrected.state is SpendState.SETTLED
        assert await self.total(day_account(TODAY)) == amount(spent="0.07")

    async def test_a_released_entry_costs_nothing(self) -> None:
        """And nothing settles it any more."""
        await self.reserve(reservation())
        entry = await self.release()
        assert entry is not None
        assert (entry.state, entry.cost, entry.note) == (
            SpendState.RELEASED,
            Decimal(0),
            "not sent",
        )

        assert await self.settle(settlement()) == entry
        assert await self.total(day_account(TODAY)) == Amount()

    async def test_an_unknown_id_is_nobodys(self) -> None:
        """Neither settling nor releasing makes an entry."""
        assert await self.settle(settlement()) is None
        assert await self.release() is None
        assert await self.entries() == ()

    async def test_a_cost_beyond_the_worst_case_is_told(self) -> None:
        """The ledger holds what was billed, not what was hoped for."""
        await self.reserve(reservation())
        await self.settle(settlement(cost="0.60"))

        assert await self.total(day_account(TODAY)) == amount(spent="0.60")

    async def test_entries_are_selected_by_every_filter(self) -> None:
        """Those that meet all filters come oldest first."""
        tomorrow = date(2026, 11, 21)
        await self.reserve(
            reservation("c", at=NOON + HOUR, day=tomorrow, lapses_at=NOON + 2 * HOUR),
            reservation("b"),
            reservation("a"),
        )
        await self.settle(settlement("a"))
        held = {SpendState.RESERVED}

        cases: list[tuple[dict[str, Any], list[str]]] = [
            ({}, ["a", "b", "c"]),
            ({"states": held}, ["b", "c"]),
            ({"states": held, "lapsed_at": NOON + MINUTE}, ["b"]),
            ({"lapsed_at": NOON}, []),
            ({"day": tomorrow}, ["c"]),
            ({"states": ()}, []),
        ]
        for filters, expected in cases:
            found = await self.entries(**filters)
            assert [entry.reservation.id for entry in found] == expected

    async def test_raises_come_back_by_account(self) -> None:
        """Oldest first; the same id is noted once."""
        day, month = day_account(TODAY), month_account(TODAY)
        raises = [
            allowance("b", account=month, at=NOON + HOUR),
            allowance("a", account=day, amount=Decimal("2.5")),
            allowance("b", account=month, amount=Decimal(99)),
            allowance("c", account=month),
        ]

        def decide(stores: Stores) -> None:
            for each in raises:
                stores.spend.allow(each)

        await self.run(decide)
        found = await self.run(lambda stores: stores.spend.allowances([month, day]))
        assert found == (raises[1], raises[3], raises[0])
        assert await self.run(lambda stores: stores.spend.allowances([day])) == (raises[1],)
        assert await self.run(lambda stores: stores.spend.allowances([])) == ()
