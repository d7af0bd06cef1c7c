"""What a run makes of lists that are behind, sorted anew, refused or full of what is no order."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from webflow_orders import OrdersClient, errors
from webflow_orders.sync import changes

from contract_tests.sync.modelled import SITE
from contract_tests.sync.test_runs import DAY, read, shop


def test_a_run_soon_after_another_does_not_believe_a_list_that_may_be_older() -> None:
    made = shop()
    _, run = read(made)
    shipped = made.alive()[-1]
    made.now += DAY
    made.become(shipped, "fulfilled")
    changed_at = made.now
    _, run = read(made, run.state)
    whole = made.list
    made.list = lambda time: whole(changed_at - 60)  # type: ignore[method-assign]
    made.now += 30
    found, run = read(made, run.state)
    assert found == {}
    assert "a list may be older" in str(run)


def test_an_order_that_goes_while_a_list_that_may_be_older_shows_it_is_called_deleted_by_the_next_run() -> (
    None
):
    made = shop()
    _, run = read(made)
    gone = made.alive()[-1]
    made.now += 30
    made.become(gone, "disputed")
    shown = made.list(made.now)
    made.delete(gone)
    whole = made.list
    made.list = lambda time: shown  # type: ignore[method-assign]
    found, run = read(made, run.state)
    assert found == {}
    made.list = whole  # type: ignore[method-assign]
    made.now += DAY
    found, run = read(made, run.state)
    assert [(each.kind, each.was) for each in found.values()] == [("deleted", "unfulfilled")]


def test_a_list_that_is_sorted_anew_is_read_in_full_and_learned_anew() -> None:
    made = shop()
    _, run = read(made)
    assert run.state["direction"] == "newest first"
    for listed, says in (("oldest", "oldest first"), ("by id", "none"), ("newest", "newest first")):
        made.listed = listed
        made.now += DAY
        found, run = read(made, run.state)
        assert found == {}
        assert "every order" in str(run)
        assert run.state["direction"] == says


def test_an_order_that_is_passed_over_shows_that_the_list_is_sorted_anew() -> None:
    made = shop()
    _, run = read(made)
    moved, whole = made.alive()[-6], made.list
    made.list = lambda time: sorted(whole(time), key=lambda each: each["orderId"] == moved)  # type: ignore[method-assign]
    made.now += DAY
    found, run = read(made, run.state)
    assert found == {}
    assert "the list is no longer newest first" in str(run)
    assert run.state["direction"] == "none"


def test_many_orders_are_not_looked_for_one_by_one_where_all_can_be_read() -> None:
    made = shop()
    _, run = read(made)
    made.now += DAY
    gone = made.alive()[-15:]
    for order_id in gone:
        made.delete(order_id)
    found, run = read(made, run.state)
    assert sorted(found) == sorted(gone)
    assert "fewer calls than to look for 15 orders one by one" in str(run)


def test_of_very_many_deleted_orders_a_run_looks_for_a_part_and_the_next_ones_for_the_rest() -> None:
    made = shop(400)
    _, run = read(made)
    gone = set(made.alive()[:250])
    for order_id in gone:
        made.delete(order_id)
    told: list[str] = []
    for _ in range(3):
        made.now += DAY
        found, run = read(made, run.state)
        assert {each.kind for each in found.values()} == {"deleted"}
        assert run.calls <= 120
        told += found
    assert sorted(told) == sorted(gone)


def test_a_sweep_in_slices_counts_from_where_it_began() -> None:
    made = shop()
    _, run = read(made, sweep_days=6)
    for _ in range(6):
        made.now += DAY
        _, run = read(made, run.state, sweep_days=6)
    assert run.state["sweep_at"] == "", "it is through"
    made.now += DAY
    _, run = read(made, run.state, sweep_days=6, sliced=False)
    assert "the last time is 6 days ago" in str(run)


def refusing(made: Any, state: Any, asked: str | None, status: int) -> Any:
    """A run over the shop, which refuses to list what is in a status."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("status") == asked:
            return httpx.Response(status, json={"code": "validation_error", "message": "no"})
        found: httpx.Response = made(request)
        return found

    transport = httpx.MockTransport(answer)
    orders = OrdersClient(token="wf_secret", site_id=SITE, transport=transport, rate_limit=None)
    return changes(orders, state, now=lambda: made.now)


def test_a_status_that_the_server_no_longer_knows_is_no_end_but_a_full_read() -> None:
    made = shop()
    _, run = read(made)
    made.now += DAY
    for order_id in made.alive()[50:60]:
        made.become(order_id, "reimbursed")
    again = refusing(made, run.state, "refunded", 400)
    assert {str(change.order and change.order.status) for change in again} == {"reimbursed"}
    assert "the server knows no status refunded" in str(again)


@pytest.mark.parametrize(("status", "kind"), [(400, errors.BadRequestError), (404, errors.NotFoundError)])
@pytest.mark.parametrize("asked", [None, "unfulfilled"])
def test_a_list_that_is_refused_is_no_answer(asked: str | None, status: int, kind: Any) -> None:
    """But for a status that is unknown."""
    made = shop()
    _, run = read(made)
    made.now += DAY
    again = refusing(made, run.state, asked, status)
    if (asked, status) == ("unfulfilled", 400):
        assert list(again) == []
        return
    with pytest.raises(kind):
        list(again)


def test_what_a_call_raises_ends_the_run_and_the_state_knows_of_what_was_given_out() -> None:
    made = shop(40)
    answer, asked = made.__call__, 0

    def fail(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        return (
            httpx.Response(401, json={"code": "not_authorized", "message": "no"})
            if asked == 3
            else answer(request)
        )

    orders = OrdersClient(
        token="wf_secret", site_id=SITE, transport=httpx.MockTransport(fail), rate_limit=None
    )
    run = changes(orders, page_size=10, now=lambda: made.now)
    given: list[str] = []
    with pytest.raises(errors.AuthenticationError):
        given.extend(change.order_id for change in run)
    assert len(given) == 19
    made.now += DAY
    found, again = read(made, run.state)
    assert sorted([*given, *found]) == sorted(made.alive())
    made.now += DAY
    assert read(made, again.state)[0] == {}


def test_orders_without_an_id_and_entries_that_are_none_are_no_endless_full_reads() -> None:
    made = shop(300, unfulfilled=5)
    page = made.page

    def odd(status: str | None, offset: int, limit: int) -> bytes:
        """Each list ends in three entries of which no order can be made, or the same one."""
        content = json.loads(page(status, offset, limit))
        if status in (None, "fulfilled"):
            content["pagination"]["total"] += 2
            if offset + limit >= content["pagination"]["total"] - 2:
                content["orders"] += [7, content["orders"][-1]]
        return json.dumps(content).encode()

    made.page = odd  # type: ignore[method-assign]
    _, run = read(made, page_size=20)
    assert run.state["gap"] == 2
    for _ in range(2):
        made.now += DAY
        found, run = read(made, run.state, page_size=20)
        assert found == {}
        assert "every order" not in str(run)
