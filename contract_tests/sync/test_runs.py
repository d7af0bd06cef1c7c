"""What a run gives out, what it reads for that, and what it says of it: against the mock, and hostile lists."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from webflow_orders import sync
from webflow_orders.models import Order, OrderV1
from webflow_orders.sync import Change, changes, plan
from webflow_orders.testing import MockWebflow, async_client, client, order
from webflow_orders.webhooks import OtherEvent

from contract_tests.sync.modelled import Shop, Shortcut

DAY = 86_400.0


def later(days: float) -> Callable[[], float]:
    return lambda: 1_800_000_000.0 + days * DAY


def shop(count: int = 900, *, listed: str = "newest", unfulfilled: int = 30) -> Shop:
    """A shop of orders that are nearly all fulfilled, one an hour."""
    made = Shop(random.Random(7), listed=listed)
    for at in range(count):
        made.now += 3600
        made.place("fulfilled" if at < count - unfulfilled else "unfulfilled")
    return made


def read(made: Shop, state: Any = None, **options: Any) -> tuple[dict[str, Change], Any]:
    """What changed, by id, and the run."""
    run = changes(made.client(), state, now=lambda: made.now, **options)
    found = {change.order_id: change for change in run}
    return found, run


@pytest.fixture
def mock() -> MockWebflow:
    return MockWebflow(synthetic=300)


def test_blocking_and_awaiting_runs_do_the_same(mock: MockWebflow) -> None:
    def told(run: Any, found: list[Change]) -> Any:
        return [(each.kind, each.order_id, each.order, each.was) for each in found], run.calls, str(run)

    async def awaiting(state: Any, now: Callable[[], float]) -> Any:
        async with async_client(mock) as orders:
            run = changes(orders, state, now=now)
            return told(run, [change async for change in run]), run.state

    with client(mock) as orders:
        run = changes(orders, now=later(0))
        first = told(run, list(run))
        assert len(first[0]) == 300
        assert asyncio.run(awaiting(None, later(0))) == (first, run.state)
        assert next(iter(changes(orders, now=later(0)))).kind == "new"
        fulfilled = orders.list(status="unfulfilled", limit=1).orders[0]
        orders.fulfill(fulfilled.order_id)
        again = changes(orders, json.dumps(run.state), now=later(1))
        second = told(again, list(again))
        assert second[0] == [("changed", fulfilled.order_id, orders.get(fulfilled.order_id), "unfulfilled")]
        assert asyncio.run(awaiting(run.state, later(1))) == (second, again.state)


def test_a_small_shop_is_read_in_full_for_it_takes_no_more() -> None:
    mock = MockWebflow()
    mock.seed(mock.site_id, order("000-001", status="unfulfilled"))
    with client(mock) as orders:
        run = changes(orders, now=later(0))
        assert len(list(run)) == len(list(orders.iter()))
        again = changes(orders, run.state, now=later(1))
        assert list(again) == []
        assert again.calls == 1
        assert "every order" in str(again)


def test_an_order_that_is_fulfilled_does_not_hide_one_whose_fulfilment_was_taken_back() -> None:
    made = shop()
    _, run = read(made)
    statuses = {each: made.order(each)["status"] for each in made.alive()}
    one, other = list(statuses)[100], list(statuses)[-1]
    made.now += DAY
    made.become(one, "unfulfilled")
    made.become(other, "fulfilled")
    found, again = read(made, run.state, sweep_days=None)
    assert {key: (each.was, str(each.order and each.order.status)) for key, each in found.items()} == {
        one: ("fulfilled", "unfulfilled"),
        other: ("unfulfilled", "fulfilled"),
    }
    assert again.calls <= 9


@pytest.mark.parametrize("listed", ["newest", "oldest"])
def test_an_old_order_that_is_refunded_is_found_and_one_that_leaves_that_again_too(listed: str) -> None:
    made = shop(listed=listed)
    _, run = read(made)
    old = made.alive()[3]
    for status in ("refunded", "disputed", "fulfilled", "dispute-lost", "fulfilled"):
        made.now += DAY
        made.become(old, status)
        found, run = read(made, run.state, sweep_days=None)
        assert [str(each.order and each.order.status) for each in found.values()] == [status]
        assert "every order" not in str(run)


def test_an_edit_of_an_open_order_is_seen_at_once_and_of_another_by_the_sweep() -> None:
    made = shop()
    _, run = read(made, sweep_days=6)
    now, old = made.alive()[-1], made.alive()[5]
    made.edit(now)
    made.edit(old)
    seen = []
    for _ in range(7):
        made.now += DAY
        found, run = read(made, run.state, sweep_days=6)
        assert "every order" not in str(run)
        seen.append(list(found))
    assert seen[0] == [now]
    assert [each for day in seen[1:] for each in day] == [old]


@pytest.mark.parametrize("listed", ["newest", "oldest"])
def test_slices_cost_each_run_the_same_and_leave_nothing_out(listed: str) -> None:
    made = shop(2000, listed=listed)
    _, run = read(made, sweep_days=6)
    edited = set(made.alive()[:1500])
    for each in edited:
        made.edit(each)
    calls = []
    for _ in range(8):
        made.now += DAY
        made.something()
        found, run = read(made, run.state, sweep_days=6)
        edited -= set(found)
        calls.append(run.calls)
    assert not edited
    assert max(calls) - min(calls) <= 3
    assert max(calls) < 21


def test_unsliced_every_order_is_read_once_in_so_many_days() -> None:
    made = shop()
    _, run = read(made, sweep_days=3, sliced=False)
    full = []
    for _ in range(6):
        made.now += DAY
        _, run = read(made, run.state, sweep_days=3, sliced=False)
        full.append("every order" in str(run))
    assert full == [False, False, True, False, False, True]


def test_a_deleted_order_is_asked_for_before_it_is_called_so() -> None:
    made = shop()
    _, run = read(made)
    of_the_open, of_the_others = made.alive()[-2], made.alive()[7]
    made.now += DAY
    made.delete(of_the_open)
    found, run = read(made, run.state)
    assert [(each.kind, each.order, each.was) for each in found.values()] == [
        ("deleted", None, "unfulfilled")
    ]
    made.now += DAY
    made.delete(of_the_others)
    found, run = read(made, run.state)
    assert {key: each.kind for key, each in found.items()} == {of_the_others: "deleted"}
    assert "the totals say" in str(run)
    made.now += DAY
    assert read(made, run.state)[0] == {}


def test_an_order_that_a_list_withholds_is_not_deleted() -> None:
    made = shop(60)
    _, run = read(made)
    hidden = made.alive()[30]
    whole = made.list
    made.list = lambda time: [each for each in whole(time) if each["orderId"] != hidden]  # type: ignore[method-assign]
    made.now += DAY
    found, run = read(made, run.state)
    assert found == {}
    assert "the list did not show them" in str(run)
    assert sum(line.startswith(hidden) for line in run.state["orders"]) == 1


def test_events_find_what_has_left_its_status_and_what_else_they_tell_is_looked_up() -> None:
    made = shop(2000, unfulfilled=130)
    _, run = read(made)
    made.now += DAY
    shipped, edited, stale = made.alive()[-125], made.alive()[9], made.alive()[10]
    before = dict(made.order(stale))
    made.become(shipped, "fulfilled")
    made.edit(edited)
    events = [Order.from_dict(made.order(each)) for each in (shipped, edited)]
    plain, without = read(made, run.state, sweep_days=None)
    assert set(plain) == {shipped}
    found, told = read(made, run.state, sweep_days=None, events=[*events, Order.from_dict(before)])
    assert set(found) == {shipped, edited}
    assert told.calls == without.calls  # The edit was asked for, and the one that was shipped was not.
    found, told = read(made, run.state, sweep_days=None, events=events[:1])
    assert set(found) == {shipped}
    assert told.calls == without.calls - 1
    v1 = OrderV1.from_dict(made.order(edited))
    assert edited in read(made, run.state, sweep_days=None, events=[v1])[0]


def test_an_event_of_before_the_last_run_is_not_taken_for_how_an_order_is_now() -> None:
    """It was fulfilled, and that taken back; of the first there is a late event."""
    made = shop()
    shipped = made.alive()[300]
    made.become(shipped, "fulfilled")
    late = Order.from_dict(made.order(shipped))
    made.become(shipped, "unfulfilled")
    _, run = read(made)
    made.now += DAY
    made.become(shipped, "fulfilled")
    found, run = read(made, run.state, events=[late])
    assert [each.order and each.order.comment for each in found.values()] == [made.order(shipped)["comment"]]
    now = Order.from_dict(made.order(shipped))
    made.become(shipped, "unfulfilled")
    made.now += DAY
    _, run = read(made, run.state)
    made.delete(shipped)
    made.now += DAY
    found, _ = read(made, run.state, events=[late, now])
    assert [each.kind for each in found.values()] == ["deleted"]


def test_a_plan_says_beforehand_what_a_run_then_does() -> None:
    made = shop(2000)
    first = plan(counts={"fulfilled": 1970, "unfulfilled": 30}, per_minute=60)
    assert [(step.what, step.why) for step in first.steps] == [
        ("every order", "no full read has come to its end yet")
    ]
    assert (first.calls, round(first.hours, 3)) == (21, 0.006)
    _, run = read(made)
    assert run.calls == first.calls
    made.now += DAY
    foreseen = plan(run.state, now=lambda: made.now, per_minute=120)
    _, again = read(made, run.state)
    assert abs(foreseen.calls - again.calls) <= 1
    assert "unfulfilled" in str(foreseen)
    assert "at 120 a minute" in str(foreseen)
    assert {step.what for step in again.steps} <= {step.what for step in foreseen.steps}


def test_a_site_without_orders_and_one_that_got_its_first() -> None:
    made = Shop(random.Random(1))
    found, run = read(made)
    assert (found, run.calls, run.state["orders"]) == ({}, 1, [])
    made.place()
    found, run = read(made, run.state)
    assert [each.kind for each in found.values()] == ["new"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"sweep_days": 0}, "sweep_days must be a positive number of days"),
        ({"lag": -1}, "lag must be a positive number"),
        ({"page_size": 1}, "page_size must be from 2 to 100"),
        ({"sliced": 1}, "sliced must be a bool"),
        ({"events": ["dfa-3f1"]}, "events must be orders, or events about one; one is of type str"),
        (
            {"events": [OtherEvent(trigger="ecomm_inventory_changed", payload={}, raw=b"")]},
            "is of type OtherEvent",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_sent(options: dict[str, Any], says: str) -> None:
    made: Any = Shortcut(Shop(random.Random(1)))
    with pytest.raises((ValueError, TypeError), match=says):
        changes(made, **options)
    assert made.shop.asked == 0


@pytest.mark.parametrize("per_minute", [0, -60, float("nan"), None])
def test_a_plan_at_no_rate_is_refused(per_minute: Any) -> None:
    with pytest.raises((ValueError, TypeError), match=r"per_minute must be a (positive )?number of calls"):
        plan(counts={"fulfilled": 5}, per_minute=per_minute)


def test_no_customer_is_in_a_change_that_is_shown(mock: MockWebflow) -> None:
    with client(mock) as orders:
        told: Iterator[Change] = iter(sync.changes(orders, now=later(0)))
        change = next(told)
    assert change.order is not None
    assert change.order.customer_info is not None
    assert str(change.order.customer_info.email) not in repr(change)


class Failing:
    """A client one of whose calls fails before it is sent."""

    def __init__(self, orders: Any, fails_at: int) -> None:
        self.orders, self.site_id, self.left = orders, orders.site_id, fails_at

    def _count(self) -> None:
        self.left -= 1
        if self.left == -1:
            raise ConnectionError

    def list(self, **arguments: Any) -> Any:
        self._count()
        return self.orders.list(**arguments)

    def get(self, order_id: str) -> Any:
        self._count()
        return self.orders.get(order_id)


def test_a_run_goes_on_with_the_call_that_failed() -> None:
    made = shop()
    old = made.alive()[5]
    made.become(old, "unfulfilled")
    _, first = read(made)
    made.now += DAY
    made.become(old, "on hold")  # No list of a status shows it: it is asked for by its id.
    expected, whole = read(made, first.state, sweep_days=None)
    assert "single orders" in str(whole)
    for fails_at in range(whole.calls):
        orders: Any = Failing(made.client(), fails_at)
        run = changes(orders, first.state, now=lambda: made.now, sweep_days=None)
        found = []
        with pytest.raises(ConnectionError):
            found += run
        found += run
        assert {each.order_id: each for each in found} == expected
        assert str(run) == str(whole)
