"""Does a walk see every order once, and fetch no page too many?"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest
from webflow_orders import OrdersClient, errors
from webflow_orders_mock import MockWebflow, order

from contract_tests.client.conftest import Script, access, answer


def shop(count: int, api: str, *, most: int = 100) -> Callable[[httpx.Request], httpx.Response]:
    """A server with so many orders, that gives at most `most` a page."""

    def reply(request: httpx.Request) -> httpx.Response:
        offset, limit = int(request.url.params["offset"]), int(request.url.params["limit"])
        page = [{"orderId": str(index), "status": "pending"} for index in range(count)][offset:][
            : min(limit, most)
        ]
        pagination = {"limit": limit, "offset": offset, "total": count}
        return answer(json=page if api == "v1" else {"orders": page, "pagination": pagination})

    return reply


def page(orders: Sequence[object], **pagination: object) -> httpx.Response:
    """A v2 page of orders whose ids are these."""
    found = [{"orderId": str(each), "status": "pending"} for each in orders]
    return answer(json={"orders": found, "pagination": {"limit": 2} | pagination})


@pytest.mark.parametrize("api", ["v2", "v1"])
@pytest.mark.parametrize(("count", "size", "v2_pages", "v1_pages"), [
    (0, 100, 1, 1), (1, 100, 1, 1), (99, 100, 1, 1), (100, 100, 1, 2), (250, 100, 3, 3), (200, 100, 2, 3),
    (7, 1, 7, 8),
])  # fmt: skip
def test_iter_sees_every_order_once(
    connect: Callable[..., Any],
    api: str,
    count: int,
    size: int,
    v2_pages: int,
    v1_pages: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    script = Script(shop(count, api))
    ids = [order.order_id for order in connect(script, api=api).iter(page_size=size)]
    assert ids == [str(index) for index in range(count)]
    # Without a total, only a short page tells that it is the last.
    assert len(script.requests) == (v2_pages if api == "v2" else v1_pages)
    assert "cannot be read" not in caplog.text


@pytest.mark.parametrize("api", ["v2", "v1"])
def test_iter_fetches_a_page_only_when_it_is_reached(connect: Callable[..., Any], api: str) -> None:
    script = Script(shop(250, api))
    walk = connect(script, api=api).iter(status="pending")
    assert script.requests == []
    assert len(list(itertools.islice(walk, 100))) == 100
    assert len(script.requests) == 1
    assert next(walk).order_id == "100"
    assert [dict(request.url.params) for request in script.requests] == [
        {"status": "pending", "offset": "0", "limit": "100"},
        {"status": "pending", "offset": "100", "limit": "100"},
    ]


def test_a_server_that_gives_smaller_pages_than_asked_loses_no_order(connect: Callable[..., Any]) -> None:
    script = Script(shop(120, "v2", most=50))
    assert len(list(connect(script).iter())) == 120
    assert [request.url.params["offset"] for request in script.requests] == ["0", "50", "100"]


@pytest.mark.parametrize(("count", "total"), [(0, 2), (0, 1), (1, 3), (2, 4)])
def test_a_total_that_shrinks_during_the_walk_ends_it(
    connect: Callable[..., Any], count: int, total: int
) -> None:
    script = Script(page([0, 1], offset=0, total=5), page([2, 3][:count], offset=2, total=total))
    assert len(list(connect(script).iter(page_size=2))) == 2 + count
    assert len(script.requests) == 2


@pytest.mark.parametrize("later", [{}, {"total": None}, {"total": "many"}, {"total": -1}, {"total": 1}])
def test_a_total_that_was_told_once_is_kept_where_a_later_page_tells_none(
    connect: Callable[..., Any], later: Any
) -> None:
    pages = page([0, 1], offset=0, total=5), page([2], offset=2, **later)
    ids = [
        each.order_id for each in connect(Script(*pages, page([3, 4], offset=3, **later))).iter(page_size=2)
    ]
    assert ids == list("01234")
    broken = connect(Script(*pages, page([], offset=3))).iter(page_size=2)
    with pytest.raises(errors.ResponseDecodeError, match="at offset 3 is empty, but there should be 5"):
        list(broken)


@pytest.mark.parametrize(
    "pagination", [{}, {"total": None}, {"total": "many"}, {"total": -1}, {"total": 1.5}]
)
def test_nothing_at_all_is_not_believed_unless_it_is_said(
    connect: Callable[..., Any], pagination: Any
) -> None:
    with pytest.raises(errors.ResponseDecodeError, match="does not say how many"):
        list(connect(Script(page([], offset=0, **pagination))).iter())
    assert list(connect(Script(page([], offset=0, total=0))).iter()) == []


@pytest.mark.parametrize("pagination", [{}, {"total": None}, {"total": "many"}, {"total": 0}])
def test_without_a_readable_total_a_short_page_is_the_last(
    connect: Callable[..., Any], pagination: Any
) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params["offset"])
        orders = [{"orderId": str(index), "status": "pending"} for index in range(5)][offset : offset + 2]
        return answer(json={"orders": orders, "pagination": pagination})

    assert [order.order_id for order in connect(Script(reply)).iter(page_size=2)] == list("01234")


@pytest.mark.parametrize(
    "body",
    [
        {"items": [{"orderId": "dfa-3f1"}], "pagination": {"limit": 2, "offset": 0, "total": 1}},
        {"orders": None, "pagination": {"limit": 2, "offset": 0, "total": 0}},
        {"orders": {"0": {}}, "pagination": {"limit": 2, "offset": 0, "total": 1}},
        *({"orders": [], "pagination": pagination} for pagination in (None, [], 0, "1 of 1")),
        {"orders": []},
        {},
    ],
)
def test_a_list_without_its_parts_is_no_empty_list(connect: Callable[..., Any], body: Any) -> None:
    for call in (lambda orders: orders.list(), lambda orders: list(orders.iter())):
        with pytest.raises(errors.ResponseDecodeError, match=r"no readable (orders|pagination)"):
            call(connect(Script(answer(json=body))))


@pytest.mark.parametrize("api", ["v2", "v1"])
def test_an_unreadable_order_does_not_end_the_walk(connect: Callable[..., Any], api: str) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params["offset"])
        orders = [None if index == 1 else {"orderId": str(index), "status": "pending"} for index in range(5)]
        page = orders[offset : offset + 2]
        return answer(json=page if api == "v1" else {"orders": page, "pagination": {"total": 5}})

    assert [order.order_id for order in connect(Script(reply), api=api).iter(page_size=2)] == list("0234")


def test_the_documented_loop_loses_no_order() -> None:
    mock = MockWebflow(shop=False)
    mock.seed(mock.site_id, *(order(f"000-{number:03x}", status="unfulfilled") for number in range(120)))
    with OrdersClient(**access(mock), transport=mock.transport()) as orders:
        for each in list(orders.iter(status="unfulfilled", page_size=50)):
            orders.fulfill(each.order_id)
        assert list(orders.iter(status="unfulfilled")) == []


# ---------------------------------------------------------------- pages that shift


class Growing:
    """A shop, newest first, in which so many orders are placed before each page but the first."""

    def __init__(self, count: int, placed: int) -> None:
        self.ids, self.placed, self.new = [str(index) for index in range(count)], placed, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        offset, limit = (int(request.url.params[name]) for name in ("offset", "limit"))
        if offset:
            self.ids = [f"new-{self.new + number}" for number in range(self.placed)] + self.ids
            self.new += self.placed
        page = [{"orderId": each, "status": "pending"} for each in self.ids[offset : offset + limit]]
        return answer(json={"orders": page, "pagination": {"total": len(self.ids)}})


@pytest.mark.parametrize("placed", [1, 5, 9])
def test_orders_that_are_placed_during_a_walk_show_none_twice(
    connect: Callable[..., Any], placed: int
) -> None:
    walk = connect(Script(Growing(100, placed))).iter(page_size=10)
    assert [order.order_id for order in walk] == [str(index) for index in range(100)]


def test_a_burst_of_more_than_a_page_shows_none_twice_either(connect: Callable[..., Any]) -> None:
    growing = Growing(100, 0)

    def reply(request: httpx.Request) -> httpx.Response:
        growing.placed = 15 if request.url.params["offset"] == "30" else 0
        return growing(request)

    ids = [order.order_id for order in connect(Script(reply)).iter(page_size=10)]
    assert ids == [str(index) for index in range(100)]


def test_twice_on_one_page_is_twice_and_an_id_that_cannot_be_read_is_kept(
    connect: Callable[..., Any],
) -> None:
    def page(request: httpx.Request) -> httpx.Response:
        same = {"orderId": "dfa-3f1", "status": "pending"}
        pages = {
            "0": [same, same],
            "2": [{"status": "pending"}, {"status": "pending"}],
            "4": [{"status": "x"}],
        }
        return answer(json={"orders": pages[request.url.params["offset"]], "pagination": {"total": 5}})

    walk = connect(Script(page)).iter(page_size=2)
    assert [order.order_id for order in walk] == ["dfa-3f1", "dfa-3f1", "", "", ""]


def test_only_two_pages_are_remembered(connect: Callable[..., Any]) -> None:
    """So that a walk over a million orders takes no more memory than one over three hundred."""

    def reply(request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params["offset"])
        index = {0: 0, 1: 1, 2: 2, 3: 0}[offset]
        return answer(
            json={"orders": [{"orderId": str(index), "status": "pending"}], "pagination": {"total": 4}}
        )

    script = Script(reply)
    assert [order.order_id for order in connect(script).iter(page_size=1)] == ["0", "1", "2", "0"]


# ---------------------------------------------------------------- lists that get nowhere


@pytest.mark.parametrize(
    ("answers", "yielded"),
    [
        ([page([], offset=0, total=2500)], 0),
        ([page([], offset=0, total="1")], 0),
        ([page([0, 1], offset=0, total=5), page([], offset=2, total=5)], 2),
        ([page([0, 1], offset=0, total=5), page([], offset=2, total=10**9)], 2),
        ([page([0, 1], offset=0, total=5), page([], offset=2, total=4)], 2),  # Fewer, but not that few.
    ],
)
def test_an_empty_page_is_not_believed_against_a_total(
    connect: Callable[..., Any], answers: list[httpx.Response], yielded: int
) -> None:
    found = []
    with pytest.raises(errors.ResponseDecodeError, match="is empty, but there should be"):
        found.extend(connect(Script(*answers)).iter(page_size=2))
    walk = connect(Script(*answers)).iter(page_size=2)
    assert len(list(itertools.islice(walk, yielded))) == yielded


def of_one_page(api: str, ids: Sequence[object], **pagination: object) -> Callable[..., httpx.Response]:
    """A cache that has one page, whatever is asked."""

    def reply(request: httpx.Request) -> httpx.Response:
        if api == "v2":
            return page(ids, **pagination)
        return answer(json=[{"orderId": str(each), "status": "pending"} for each in ids])

    return reply


@pytest.mark.parametrize("ids", [[0, 1], [7, 7], ["x" * 100, "\x00"]])
@pytest.mark.parametrize(
    "pagination", [{}, {"total": None}, {"total": 10**12}, {"total": -1}, {"total": 100}]
)
def test_a_page_again_and_again_ends_the_walk(
    connect: Callable[..., Any], ids: list[object], pagination: dict[str, object]
) -> None:
    for api in ("v2", "v1"):
        script, found = Script(of_one_page(api, ids, **pagination)), []
        with pytest.raises(errors.ResponseDecodeError, match="gets nowhere") as caught:
            found.extend(order.order_id for order in connect(script, api=api).iter(page_size=2))
        assert found == [str(each) for each in ids]
        assert (len(script.requests), caught.value.call.path[-17:]) == (4, "?offset=6&limit=2")


@pytest.mark.parametrize("total", [3, 4, 5, 6])
def test_a_total_that_the_same_page_adds_up_to_is_no_proof(connect: Callable[..., Any], total: int) -> None:
    """Four orders are told of, two are shown twice."""
    with pytest.raises(errors.ResponseDecodeError, match=r"gets nowhere|before it again"):
        list(connect(Script(of_one_page("v2", [0, 1], total=total))).iter(page_size=2))


@pytest.mark.parametrize("api", ["v2", "v1"])
@pytest.mark.parametrize("around", [3, 4, 7, 20])
def test_pages_that_come_in_a_circle_end_the_walk(connect: Callable[..., Any], api: str, around: int) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        start = int(request.url.params["offset"]) // 2 % around * 2
        return of_one_page(api, [start, start + 1], total=10**9)(request)

    script = Script(reply)
    with pytest.raises(errors.ResponseDecodeError, match="gets nowhere"):
        list(connect(script, api=api).iter(page_size=2))
    assert len(script.requests) < 10 * around


@pytest.mark.parametrize("entry", [None, {"status": "pending"}, 7])
def test_pages_without_an_id_or_an_order_end_it_too(connect: Callable[..., Any], entry: object) -> None:
    for api in ("v2", "v1"):
        body = {"orders": [entry] * 2, "pagination": {"total": 10**9}} if api == "v2" else [entry] * 2
        script = Script(answer(json=body))
        with pytest.raises(errors.ResponseDecodeError, match="gets nowhere"):
            list(connect(script, api=api).iter(page_size=2))
        assert len(script.requests) <= 4


@pytest.mark.parametrize("said", [0, 1, 4, "0", 2**60])
def test_a_page_that_begins_elsewhere_than_asked_is_refused(
    connect: Callable[..., Any], said: object
) -> None:
    script = Script(page([0, 1], offset=0, total=5), page([2, 3], offset=said, total=5))
    with pytest.raises(errors.ResponseDecodeError, match=f"at offset 2, got the one at {said}"):
        list(connect(script).iter(page_size=2))


@pytest.mark.parametrize("said", [None, "two", {}, [0]])
def test_an_offset_that_is_not_said_is_no_other_one(connect: Callable[..., Any], said: object) -> None:
    script = Script(page([0, 1], offset=said, total=3), page([2], offset=said, total=3))
    assert [order.order_id for order in connect(script).iter(page_size=2)] == ["0", "1", "2"]


@pytest.mark.parametrize("placed", [2, 3, 4])
def test_a_burst_that_fills_whole_pages_is_no_standstill(connect: Callable[..., Any], placed: int) -> None:
    growing = Growing(12, 0)

    def reply(request: httpx.Request) -> httpx.Response:
        growing.placed = placed if request.url.params["offset"] in ("2", "8") else 0
        return growing(request)

    ids = [order.order_id for order in connect(Script(reply)).iter(page_size=2)]
    assert set(ids) >= {str(index) for index in range(12)}


@pytest.mark.parametrize("api", ["v2", "v1"])
def test_an_order_that_is_nested_too_deeply_is_an_error_of_the_walk(
    connect: Callable[..., Any], api: str
) -> None:
    deep = b'[{"orderId":"dfa-3f1","status":"pending","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}]"
    content = deep if api == "v1" else b'{"orders":' + deep + b',"pagination":{"total":1}}'
    with pytest.raises(errors.ResponseDecodeError, match="nested too deeply"):
        list(connect(Script(httpx.Response(200, content=content)), api=api).iter())
