"""Do a walk whose pages overlap, and what is built on it, leave out nothing, and come to an end, on any list?"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from webflow_orders import errors, sync
from webflow_orders.export import Export

from contract_tests.client.export import exporting
from contract_tests.client.export.exporting import List, ids

export = exporting.export


class Replicas:
    """Servers that answer in turn for one shop: the list is behind by a change on some of them.

    Orders are placed, and leave at the front, until 9 pages were asked for; and all are level after 14.
    """

    def __init__(self, seed: int, behind: float) -> None:
        self.chance, self.behind = random.Random(seed), behind
        self.shop = List(60, newest_first=seed % 2 == 0)
        self.states = [self.shop.ids]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        chance, shop = self.chance, self.shop
        shop.ids = list(self.states[-1])
        if shop.asked < 9 and chance.random() < 0.35:
            shop.place(chance.choice([0, 1, 5, 12]))
            del shop.ids[: chance.choice([0, 1, 5, 12])]
            self.states.append(shop.ids)
        if shop.asked < 14 and chance.random() < self.behind:
            shop.ids = self.states[-2:][0]
        return shop(request)

    @property
    def always(self) -> set[str]:
        return set.intersection(*map(set, self.states))


@pytest.mark.parametrize("behind", [0.0, 0.2, 0.5])
def test_an_order_that_every_replica_shows_is_in_the_export(
    export: Callable[..., Export], tmp_path: Path, behind: float
) -> None:
    for seed in range(60):
        shop, path = Replicas(seed, behind), tmp_path / f"{seed}.ndjson"
        export(shop, path, page_size=[10, 4, 25][seed % 3])
        found = ids(path)
        assert len(found) == len(set(found))
        assert shop.always <= set(found), seed


def test_a_page_that_joins_nothing_is_no_ground_to_join_upon(
    export: Callable[..., Export], tmp_path: Path
) -> None:
    shop = List(60)
    behind, ahead = shop.ids, shop.ids[12:]

    def answer(asked: int) -> None:
        # The second page is of a list that twelve orders have left, and so is the fifth; those between are not.
        shop.ids = ahead if asked in (2, 5) else behind

    shop.before = answer
    export(shop)
    assert set(ids(tmp_path / "orders.ndjson")) == set(behind)


def test_pages_that_never_join_are_no_complete_list(export: Callable[..., Export], tmp_path: Path) -> None:
    """Of two lists, each answers every other request."""
    shop = List(60)
    behind, ahead = shop.ids, shop.ids[12:]

    def answer(asked: int) -> None:
        shop.ids = behind if asked % 2 else ahead

    shop.before = answer
    with pytest.raises(errors.ResponseDecodeError, match="does not begin where the one before it ended"):
        export(shop)
    assert not (tmp_path / "orders.ndjson").exists()
    shop.before, shop.ids = lambda asked: None, behind
    assert export(shop).orders == 60


UNREADABLE = [[9], [10], [8, 9, 10], list(range(9, 19)), [39], [0, 9, 18, 27, 36]]


def with_gaps(gaps: Sequence[int]) -> Callable[[httpx.Request], httpx.Response]:
    orders = [None if at in gaps else {"orderId": f"dfa-{at:03}", "status": "pending"} for at in range(40)]

    def reply(request: httpx.Request) -> httpx.Response:
        offset, limit = (int(request.url.params[name]) for name in ("offset", "limit"))
        page = {"orders": orders[offset : offset + limit], "pagination": {"offset": offset, "total": 40}}
        return httpx.Response(200, json=page)

    return reply


@pytest.mark.parametrize("gaps", UNREADABLE, ids=str)
def test_what_is_no_order_where_two_pages_meet_holds_up_no_export(
    export: Callable[..., Export], tmp_path: Path, gaps: list[int]
) -> None:
    assert export(with_gaps(gaps)).orders == 40 - len(gaps)
    assert len(ids(tmp_path / "orders.ndjson")) == 40 - len(gaps)


@pytest.mark.parametrize("gaps", UNREADABLE, ids=str)
def test_what_is_no_order_where_two_pages_meet_holds_up_no_sync(
    connect: Callable[..., Any], gaps: list[int]
) -> None:
    run = sync.changes(connect(with_gaps(gaps)), page_size=10)
    shown = [change.order_id for _, change in zip(range(100), run, strict=False)]
    assert shown == [f"dfa-{at:03}" for at in range(40) if at not in gaps]
    assert run.calls < 60


def test_a_long_list_may_shift_any_number_of_times(export: Callable[..., Export], tmp_path: Path) -> None:
    shop = List(600)

    def answer(asked: int) -> None:
        if asked % 4 == 0:
            del shop.ids[0]

    shop.before = answer
    export(shop)
    assert shop.asked > 4 * 25, "it shifted more often than a walk may go back in one place"
    assert set(shop.ids) <= set(ids(tmp_path / "orders.ndjson"))


def test_of_those_that_were_placed_meanwhile_none_is_left_out_where_others_leave_the_list(
    export: Callable[..., Export], tmp_path: Path
) -> None:
    shop, asked = List(30), list[int]()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(int(request.url.params["offset"]))
        if asked[-2:] == [0, 9] and shop.placed:
            del shop.ids[:12]  # Between the first and the second page of what is new.
        reply = shop(request)
        if asked[-1] >= 20 and not shop.placed:
            shop.place(40)  # All that there was is read by now.
        return reply

    export(answer)
    assert asked[:6] == [0, 9, 18, 27, 0, 9]
    assert set(shop.ids) <= set(ids(tmp_path / "orders.ndjson"))
