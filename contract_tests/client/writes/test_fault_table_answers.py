"""The fault table, part two: what the server sends. One test for each row, in its order."""

from __future__ import annotations

import copy
import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from webflow_orders import RetryPolicy, errors, outcome_of

from contract_tests.client import faulty
from contract_tests.client.conftest import ORDERS, Script, answer
from contract_tests.client.faulty import FaultyServer

dial = faulty.dial
ORDER = answer(200, ORDERS["get"])
REFUNDED = answer(200, ORDERS["refund"])


def read(connect: Callable[..., Any], **fields: Any) -> Any:
    """The order that a client reads from one that has these fields."""
    return connect(Script(answer(200, ORDERS["get"] | fields))).get("dfa-3f1")


def page(*orders: Any) -> Script:
    body = {"orders": orders, "pagination": {"limit": 100, "offset": 0, "total": len(orders)}}
    return Script(answer(200, body))


def test_an_unknown_word_in_an_enum_is_kept_and_can_be_told(connect: Callable[..., Any]) -> None:
    odd = {"orderId": "dfa-3f1", "status": "partially-refunded", "stripeCard": {"brand": "UnionPay"}}
    good = [{"orderId": f"000-{index:03}", "status": "pending"} for index in range(99)]
    orders = connect(page(*good, odd)).list().orders
    assert len(orders) == 100
    assert (orders[-1].status, orders[-1].status.is_known) == ("partially-refunded", False)
    assert orders[-1].stripe_card.brand == "UnionPay"


def test_a_null_for_a_string_is_none_but_not_for_the_id(connect: Callable[..., Any]) -> None:
    order = read(connect, comment=None, shippingTracking=None)
    assert order.comment is None
    with pytest.raises(errors.ResponseDecodeError):
        read(connect, orderId=None)


def test_a_null_for_an_object_or_a_list_is_none_or_empty(connect: Callable[..., Any]) -> None:
    order = read(connect, totals=None, stripeDetails=None, purchasedItems=None, customData=None)
    assert (order.totals, order.stripe_details) == (None, None)
    assert (order.purchased_items, order.custom_data) == ((), ())
    order = read(connect, purchasedItems=[{"productName": "Mug", "variantImage": None}])
    assert order.purchased_items[0].variant_image is None


def test_a_null_in_a_list_costs_nobody_else(connect: Callable[..., Any]) -> None:
    listed = connect(page(ORDERS["get"], None, ORDERS["refund"])).list()
    assert [order.status for order in listed.orders] == ["pending", "refunded"]
    assert "/orders/1" in listed.unreadable


def test_a_missing_field_is_none_but_not_the_id(connect: Callable[..., Any]) -> None:
    order = connect(Script(answer(200, {"orderId": "dfa-3f1"}))).get("dfa-3f1")
    assert (order.comment, order.accepted_on, order.purchased_items) == (None, None, ())
    with pytest.raises(errors.ResponseDecodeError):
        connect(Script(answer(200, {}))).get("dfa-3f1")


def test_an_unknown_field_is_kept_at_any_depth(connect: Callable[..., Any]) -> None:
    totals = {"loyalty": {"points": 3}, "total": {"unit": "USD", "value": 1, "fx": "0.91"}}
    order = read(connect, loyalty=[1], totals=totals)
    assert order.additional_properties == {"loyalty": [1]}
    assert order.to_dict()["totals"] == totals


def test_a_number_where_a_string_should_be_is_read(connect: Callable[..., Any]) -> None:
    fields = {
        "shippingAddress": {"postalCode": 10118},
        "customerPaid": {"unit": "USD", "value": 5892},
        "stripeCard": {"last4": 42},
    }
    listed = connect(page(ORDERS["get"] | fields, ORDERS["refund"])).list()
    order = listed.orders[0]
    assert order.shipping_address.postal_code == "10118"
    assert order.customer_paid.value == 5892
    assert order.stripe_card.last4 == "42"
    assert len(listed.orders) == 2


@pytest.mark.parametrize(("sent", "count"), [(2.0, 2), ("2", 2), ("two", None), (4, 4)])
def test_a_count_is_an_int(connect: Callable[..., Any], sent: Any, count: int | None) -> None:
    order = read(connect, purchasedItemsCount=sent)
    assert order.purchased_items_count == count
    assert type(order.purchased_items_count) is type(count)
    assert order.to_dict()["purchasedItemsCount"] == sent


def test_a_fraction_in_a_whole_number_and_a_bool_in_quotes_are_borne(connect: Callable[..., Any]) -> None:
    order = read(connect, purchasedItemsCount=1500.5, hasDownloads="false")
    assert (order.purchased_items_count, order.unreadable) == (None, {"/purchasedItemsCount": 1500.5})
    assert order.has_downloads is False


@pytest.mark.parametrize(("sent", "moment"), [
    (1616264566187, None), ("yesterday", None), ("", None),
    ("2021-03-20T18:22:46", datetime(2021, 3, 20, 18, 22, 46, tzinfo=UTC)),
])  # fmt: skip
def test_an_odd_date_is_aware_or_none_and_its_text_is_kept(
    connect: Callable[..., Any], sent: Any, moment: datetime | None
) -> None:
    order = read(connect, acceptedOn=sent)
    assert order.accepted_on == moment
    assert moment is None or order.accepted_on.utcoffset() is not None
    assert order.to_dict()["acceptedOn"] == sent


def test_a_date_goes_back_as_it_came(connect: Callable[..., Any]) -> None:
    order = read(connect, acceptedOn="2021-03-20T18:22:46.063Z")
    assert order.accepted_on == datetime(2021, 3, 20, 18, 22, 46, 63000, tzinfo=UTC)
    assert b'"2021-03-20T18:22:46.063Z"' in copy.deepcopy(order).to_json()


def test_nan_is_none(connect: Callable[..., Any]) -> None:
    body = b'{"orderId": "dfa-3f1", "status": "pending", "purchasedItems": [{"weight": NaN}]}'
    order = connect(Script(httpx.Response(200, content=body))).get("dfa-3f1")
    assert order.purchased_items[0].weight is None
    assert b"NaN" not in order.to_json()


@pytest.mark.parametrize(
    "body",
    [
        b'{"orderId": "dfa', b"<html>hello</html>", b"", b"null", b"[]", b'"order"',
        b'{"orderId": "dfa-3f1", "comment": "\xff"}',
    ],
)  # fmt: skip
def test_a_success_that_is_no_order_is_a_decode_error(dial: Callable[..., Any], body: bytes) -> None:
    with FaultyServer(httpx.Response(200, content=body, headers={"X-Request-Id": "req-7"})) as server:
        with pytest.raises(errors.ResponseDecodeError) as caught:
            dial(server).get("dfa-3f1")
        assert len(server.requests) == 1
    assert (caught.value.status_code, caught.value.request_id) == (200, "req-7")
    assert caught.value.raw.content == body


def test_a_204_is_a_success_of_a_write_which_is_then_looked_at(dial: Callable[..., Any]) -> None:
    with FaultyServer(answer(204), REFUNDED) as server:
        assert outcome_of(dial(server).refund("dfa-3f1")).confirmed_by_rereading
        assert len(server.writes) == 1
    with FaultyServer(answer(204)) as server:
        with pytest.raises(errors.ResponseDecodeError) as caught:
            dial(server).get("dfa-3f1")
        assert caught.value.status_code == 204


@pytest.mark.parametrize(("age", "believed"), [("0", True), ("1", False), ("59", False), ("0, 7", False)])
def test_a_look_that_a_cache_answers_says_nothing(dial: Callable[..., Any], age: str, believed: bool) -> None:
    """Of an order that is unfulfilled once more, it could show that it is so since it was before."""
    with FaultyServer(answer(502), answer(json=ORDERS["unfulfill"], Age=age)) as server:
        client = dial(server)
        if believed:
            assert outcome_of(client.unfulfill("dfa-3f1")).confirmed_by_rereading
        else:
            with pytest.raises(errors.OutcomeUnknownError, match="not seen since"):
                client.unfulfill("dfa-3f1")
            (settled,) = client.settle()
            assert settled.became == "open"
            assert "a cache has answered" in str(settled.error)
        assert [each.method for each in server.writes] == ["POST"]
        looks = [each for each in server.requests if each.method == "GET"]
        assert {each.headers["cache-control"] for each in looks} == {"no-cache"}


def test_html_with_502_is_a_server_error(dial: Callable[..., Any]) -> None:
    with FaultyServer(httpx.Response(502, html="<h1>Bad gateway</h1>")) as server:
        with pytest.raises(errors.ServerError) as caught:
            dial(server).get("dfa-3f1")
        assert (caught.value.status_code, caught.value.raw.content) == (502, b"<h1>Bad gateway</h1>")


def not_found(connect: Callable[..., Any], response: httpx.Response) -> errors.NotFoundError:
    with pytest.raises(errors.NotFoundError) as caught:
        connect(Script(response)).get("dfa-3f1")
    return caught.value


def test_html_with_404_is_not_found(connect: Callable[..., Any]) -> None:
    assert not_found(connect, httpx.Response(404, html="<h1>Nothing here</h1>")).status_code == 404


@pytest.mark.parametrize("odd", [{"details": {"a": 1}}, {"message": 5}, {"message": ["no"]}, {"code": None}])
def test_a_404_with_an_odd_body_is_not_found(connect: Callable[..., Any], odd: dict[str, Any]) -> None:
    body = {"code": "order_not_found", "message": "no such order", "details": []} | odd
    assert not_found(connect, answer(404, body)).status_code == 404


def test_the_message_of_an_error_of_v1_is_read(connect: Callable[..., Any]) -> None:
    body = {"msg": "Route not found", "code": 404, "name": "NotFound", "err": "NotFound: Route not found"}
    error = not_found(connect, answer(404, body))
    assert (error.message, error.code) == ("Route not found", "NotFound")


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 422, 429, 451])
def test_a_4xx_is_always_raised(connect: Callable[..., Any], status: int) -> None:
    with pytest.raises(errors.APIStatusError) as caught:
        connect(Script(answer(status, Retry_After="0"))).get("dfa-3f1")
    assert caught.value.status_code == status


def test_a_bomb_is_not_inflated_beyond_the_cap(dial: Callable[..., Any]) -> None:
    with FaultyServer(faulty.bomb()) as server:
        for most in (32 * faulty.MIB, 1000):
            with pytest.raises(errors.ResponseDecodeError, match="larger than") as caught:
                dial(server, max_body=most).get("dfa-3f1")
            assert caught.value.raw is not None
            assert caught.value.raw.incomplete == "too large"
            assert len(caught.value.raw.content) <= most
        assert len(server.requests) == 2, "to ask again would give the same"
    with FaultyServer(faulty.bomb(), REFUNDED) as server:
        assert outcome_of(dial(server, max_body=1000).refund("dfa-3f1")).confirmed_by_rereading
    with FaultyServer(faulty.bomb(20)) as server:
        client = dial(server, max_body=1000, retry=RetryPolicy(max_retries=0))
        tracemalloc.start()
        with pytest.raises(errors.ResponseDecodeError):
            client.get("dfa-3f1")
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert most < 4 * faulty.MIB, "to inflate it, and then to see that it is too large, is too late"
    plain = json.dumps(ORDERS["get"] | {"comment": "x" * 100_000}).encode()
    with FaultyServer(faulty.gzipped(plain)) as server:
        assert len(dial(server).get("dfa-3f1").comment) == 100_000


CUT = {
    "after the headers": faulty.cut(ORDER),
    "half-way": faulty.half(ORDER),
    "half-way, with a reset": faulty.half(ORDER, broken=True),
    "between chunks": faulty.half_chunked(ORDER),
    **{f"gzip, {size} bytes": faulty.gzipped(ORDER.content, upto=size) for size in (1, 9, 10, 40)},
}


@pytest.mark.parametrize("lose", CUT.values(), ids=CUT)
def test_a_body_that_is_cut_is_read_again_or_looked_for(dial: Callable[..., Any], lose: Any) -> None:
    with FaultyServer(lose, ORDER) as server:
        assert dial(server).get("dfa-3f1").order_id == "dfa-3f1"
        assert len(server.requests) == 2
    with FaultyServer(lose, REFUNDED) as server:
        assert outcome_of(dial(server).refund("dfa-3f1")).confirmed_by_rereading
        assert len(server.writes) == 1


def test_a_body_without_a_length_that_is_cut_is_a_decode_error(dial: Callable[..., Any]) -> None:
    with FaultyServer(faulty.half_until_close(ORDER)) as server, pytest.raises(errors.ResponseDecodeError):
        dial(server).get("dfa-3f1")
    with FaultyServer(faulty.half_until_close(REFUNDED), REFUNDED) as server:
        assert outcome_of(dial(server).refund("dfa-3f1")).confirmed_by_rereading


def test_a_body_longer_than_it_says_is_a_decode_error(dial: Callable[..., Any]) -> None:
    with (
        FaultyServer(faulty.longer_than_it_says(ORDER, by=5)) as server,
        pytest.raises(errors.ResponseDecodeError),
    ):
        dial(server).get("dfa-3f1")
