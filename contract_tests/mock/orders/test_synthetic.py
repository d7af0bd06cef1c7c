"""A million orders that nobody holds: do they behave as if somebody did?"""

from __future__ import annotations

import json
import random
import tracemalloc
from collections.abc import Callable
from itertools import islice
from typing import Any

import httpx
import pytest
from webflow_orders_generated.schemas import Order, OrderV1
from webflow_orders_mock import MockWebflow, order
from webflow_orders_mock.orders.dialects import DIALECTS, Dialect
from webflow_orders_mock.orders.ledger import timestamp
from webflow_orders_mock.seed.synthetic import MOST, SyntheticOrders, id_of, number_of
from webflow_orders_mock.spec import Version

Connect = Callable[..., httpx.Client]
MILLION = 1_000_000
PATTERNS = 27
STATUSES = ("pending", "unfulfilled", "fulfilled", "disputed", "dispute-lost", "refunded")
MODELS: dict[Version, Any] = {"v2": Order, "v1": OrderV1}


@pytest.fixture
def many(connect: Connect) -> httpx.Client:
    return connect(MockWebflow(synthetic=MILLION))


def _orders(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200
    sent: Any = answer.json()
    page: list[Any] = sent if isinstance(sent, list) else sent["orders"]
    return page


@pytest.mark.parametrize(
    ("query", "first", "count"),
    [
        ("", 0, 100),
        ("limit=7&offset=99", 99, 7),
        ("offset=999900", 999_900, 100),
        ("offset=999950", 999_950, 50),
        ("offset=999999&limit=1", 999_999, 1),
        ("offset=1000000", MILLION, 0),
        ("offset=9007199254740991", MILLION, 0),
    ],
)
def test_a_page_holds_what_was_asked_for(
    query: str, first: int, count: int, many: httpx.Client, orders_url: str, v1_url: str
) -> None:
    expected = [id_of(number) for number in range(first, first + count)]
    v2 = many.get(f"{orders_url}?{query}")
    assert [each["orderId"] for each in _orders(v2)] == expected
    assert [each["orderId"] for each in _orders(many.get(f"{v1_url}/orders?{query}"))] == expected
    assert v2.json()["pagination"]["total"] == MILLION


def test_every_number_has_an_id_of_its_own_in_webflows_shape() -> None:
    numbers = [*range(200_000), *range(MOST - 1000, MOST)]
    ids = [id_of(number) for number in numbers]
    assert len(set(ids)) == len(numbers)
    assert [number_of(each) for each in ids] == numbers
    assert all(len(each) == 11 and each[3] == each[7] == "-" for each in ids)
    assert len({each[:3] for each in ids[:1000]}) > 500, "they look random, as real ones do"


@pytest.mark.parametrize("wrong", ["dfa-3f1", "382-b8b-0C4", "382-b8b-0c4\n", "nobody", id_of(MILLION)])
def test_what_is_no_order_of_the_shop_is_not_found(wrong: str, many: httpx.Client, orders_url: str) -> None:
    orders = MockWebflow(synthetic=MILLION).store.sites["580e63e98c9a982ac9b8b741"].orders
    assert wrong not in orders
    if wrong.isprintable():
        assert many.get(f"{orders_url}/{wrong}").status_code == 404


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("version", ["v2", "v1"])
def test_each_is_told_alike_by_get_and_by_list_and_fits_the_spec(
    version: Version, dialect: Dialect, connect: Connect, orders_url: str, v1_url: str
) -> None:
    client = connect(MockWebflow(synthetic=MILLION, dialect=dialect))
    lists, one = (orders_url, orders_url) if version == "v2" else (f"{v1_url}/orders", f"{v1_url}/order")
    listed = client.get(f"{lists}?offset=500000&limit={2 * PATTERNS}")
    assert len(_orders(listed)) == 2 * PATTERNS
    for each in _orders(listed):
        told = client.get(f"{one}/{each['orderId']}").content
        assert told in listed.content
        assert json.loads(told) == each
        MODELS[version].model_validate_json(told, by_alias=True, by_name=False)


def test_they_differ_as_orders_do(many: httpx.Client, orders_url: str) -> None:
    first = _orders(many.get(orders_url))
    again = _orders(many.get(f"{orders_url}?offset={100 * PATTERNS}"))
    paid = [
        each["stripeDetails"]["paymentIntentId"]
        for each in first + again
        if each["paymentProcessor"] == "stripe"
    ]
    assert len(set(paid)) == len(paid) > 100
    accepted = [each["acceptedOn"] for each in first + again]
    assert sorted(set(accepted)) == accepted
    assert "2024-01-01" <= accepted[0] < accepted[-1] < "2026"
    assert all(each["fulfilledOn"] is None or each["fulfilledOn"] > each["acceptedOn"] for each in first)
    # What else an order says is that of its pattern.
    own = {"orderId", "acceptedOn", "fulfilledOn", "refundedOn", "disputedOn", "disputeUpdatedOn"}
    own |= {"stripeDetails", "paypalDetails"}
    for one, other in zip(first, again, strict=True):
        assert {k: v for k, v in one.items() if k not in own} == {
            k: v for k, v in other.items() if k not in own
        }


def test_two_mocks_say_the_same(connect: Connect, many: httpx.Client, orders_url: str) -> None:
    url = f"{orders_url}?offset=777"
    assert connect(MockWebflow(synthetic=MILLION)).get(url).content == many.get(url).content


def test_the_filters_add_up_and_page_without_a_gap(many: httpx.Client, orders_url: str, v1_url: str) -> None:
    plain = [(each["orderId"], each["status"]) for each in _orders(many.get(f"{orders_url}?offset=999900"))]
    totals = {}
    for status in STATUSES:
        totals[status] = _total(many, orders_url, status)
        last = [order_id for order_id, each in plain if each == status]
        asked = {"status": status, "offset": totals[status] - len(last)}
        for url in (orders_url, f"{v1_url}/orders"):
            assert [each["orderId"] for each in _orders(many.get(url, params=asked))] == last
    assert sum(totals.values()) == MILLION
    assert min(totals.values()) > 30_000


def _total(client: httpx.Client, orders_url: str, status: str) -> int:
    answer = client.get(orders_url, params={"status": status, "limit": 1})
    total: int = answer.json()["pagination"]["total"]
    return total


@pytest.mark.parametrize("seed", range(6))
def test_after_any_writes_every_page_is_that_of_a_shop_that_holds_its_orders(seed: int) -> None:
    """The same writes to a plain shop, which is the oracle."""
    dice, site_id = random.Random(seed), "580e63e98c9a982ac9b8b741"
    synthetic, plain = MockWebflow(synthetic=60), MockWebflow(shop=False)
    plain.seed(site_id, *(entry.order for entry in synthetic.store.sites[site_id].orders.values()))
    for step in range(120):
        kind = dice.random()
        if kind < 0.1:
            written = order(f"new-{dice.randrange(8)}", status=dice.choice(STATUSES))
        else:
            ids = list(synthetic.store.sites[site_id].orders)
            written = dict(plain.store.sites[site_id].orders[dice.choice(ids)].order)
            written |= {"status": dice.choice(STATUSES)} if kind < 0.8 else {"comment": f"step {step}"}
        for mock in (synthetic, plain):
            mock.seed(site_id, written)
        status = dice.choice((None, *STATUSES))
        offset, limit = dice.randrange(70), dice.randrange(1, 30)
        ours, theirs = (
            mock.store.sites[site_id].orders.select(status, offset, limit) for mock in (synthetic, plain)
        )
        assert [entry.order for entry in ours[0]] == [entry.order for entry in theirs[0]]
        assert ours[1] == theirs[1]
    assert list(synthetic.orders) == list(plain.orders)
    assert len(synthetic.orders) == len(plain.orders)


def test_writes_by_the_api_show_in_get_and_list_and_are_forgotten_with_a_reset(
    connect: Connect, orders_url: str, v1_url: str
) -> None:
    mock = MockWebflow(synthetic=MILLION)
    client = connect(mock)
    before = client.get(f"{orders_url}?offset=900000").content
    ready = [each["orderId"] for each in _orders(client.get(f"{orders_url}?offset=900000"))
             if (each["status"], each["paymentProcessor"]) == ("unfulfilled", "stripe")]  # fmt: skip
    one, other = ready[:2]
    totals = {status: _total(client, orders_url, status) for status in STATUSES}
    client.patch(f"{orders_url}/{one}", json={"comment": "x"})
    assert client.post(f"{orders_url}/{one}/fulfill").json()["status"] == "fulfilled"
    assert client.post(f"{orders_url}/{one}/fulfill").status_code == 409
    assert client.post(f"{orders_url}/{other}/refund").json()["status"] == "refunded"
    listed = {each["orderId"]: each for each in _orders(client.get(f"{orders_url}?offset=900000"))}
    assert (listed[one]["comment"], listed[one]["status"]) == ("x", "fulfilled")
    assert client.get(f"{orders_url}/{one}").json() == listed[one]
    assert client.get(f"{v1_url}/order/{other}").json()["status"] == "refunded"
    now = {status: _total(client, orders_url, status) for status in STATUSES}
    assert now == {
        **totals,
        "unfulfilled": totals["unfulfilled"] - 2,
        "fulfilled": totals["fulfilled"] + 1,
        "refunded": totals["refunded"] + 1,
    }
    mock.reset()
    assert client.get(f"{orders_url}?offset=900000").content == before


def test_a_page_costs_the_same_wherever_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    orders = SyntheticOrders(MILLION)
    for number in range(0, 3000, 3):  # So that whole stretches have lost their status.
        orders[id_of(number)] = SyntheticOrders(MILLION)[id_of(1)]
    steps = 0
    rank = SyntheticOrders._rank

    def counted(self: SyntheticOrders, status: str, place: int) -> int:
        nonlocal steps
        steps += 1
        return rank(self, status, place)

    monkeypatch.setattr(SyntheticOrders, "_rank", counted)
    costs = []
    for offset in (0, 50, 300_000, 500_000):
        steps = 0
        found, _ = orders.select("unfulfilled", offset, 100)
        assert {each.order["status"] for each in found} == {"unfulfilled"}
        costs.append(steps)
    assert max(costs) < 100 * 30


def test_memory_stays_flat() -> None:
    orders = SyntheticOrders(MILLION)

    def walk(pages: range) -> None:
        for page in pages:
            for entry in orders.select(None, page * 100, 100)[0]:
                entry.serialized("v2", "observed")
            for entry in orders.select("refunded", page * 10, 10)[0]:
                assert entry.order

    walk(range(20))
    tracemalloc.start()
    try:
        walk(range(100, 110))
        few = tracemalloc.get_traced_memory()[0]
        walk(range(200, 300))
        assert tracemalloc.get_traced_memory()[0] - few < 20_000
    finally:
        tracemalloc.stop()


def test_all_ids_can_be_walked_without_being_held() -> None:
    mock = MockWebflow(synthetic=MOST)
    assert len(mock.orders) == MOST
    assert list(islice(mock.orders, 2)) == [(mock.site_id, id_of(0)), (mock.site_id, id_of(1))]
    assert mock.orders[mock.site_id, id_of(3)].order_id == id_of(3)


def test_the_mocks_clock_dates_what_is_written(connect: Connect, orders_url: str) -> None:
    mock = MockWebflow(synthetic=100, clock=lambda: 1_800_000_000.0)
    sent = connect(mock).post(f"{orders_url}/{id_of(0)}/fulfill").json()
    assert sent["fulfilledOn"] == timestamp(1_800_000_000.0)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"synthetic": -1}, "1 to 1000000000"),
        ({"synthetic": MOST + 1}, "1 to 1000000000"),
        ({"synthetic": 5, "defect": "refund-twice"}, "neither"),
        ({"synthetic": 5, "path": "shop.sqlite"}, "neither"),
    ],
)
def test_what_makes_no_sense_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        MockWebflow(**options)


def test_control_counts_them_and_lists_no_more_than_one_can_read(connect: Connect) -> None:
    url = "/_mock/sites/580e63e98c9a982ac9b8b741/orders"
    client = connect(MockWebflow(synthetic=MILLION))
    assert client.get("/_mock").json()["sites"][0]["orders"] == MILLION
    refused = client.get(url)
    assert (refused.status_code, "by the API" in refused.json()["error"]) == (400, True)
    assert len(connect(MockWebflow(synthetic=50)).get(url).json()["orders"]) == 50
