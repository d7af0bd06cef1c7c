"""Whatever the server sends is read, and nothing of it is lost."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, Inexact, localcontext
from typing import Any

import attrs
import httpx
import pytest
from hypothesis import given, strategies as st
from webflow_orders import Order, OrderList, OrderStatus, Price, errors
from webflow_orders.models import Address, CardBrand, NewOrderEvent, OrderV1, PurchasedItem, StripeCard
from webflow_orders.tables import rows
from webflow_orders_generated.client.errors import UnexpectedBody
from webflow_orders_generated.client.types import parse_list

from contract_tests.client.conftest import ORDERS, SITE, Script, answer
from contract_tests.codegen.judges import names_of

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def shapes(examples: dict[str, Any]) -> dict[str, tuple[type[Any], Any]]:
    """Bodies as they were really seen, by what is odd about them."""
    order, free = examples["Order"], examples["DigitalOrder"]
    without = lambda body, *keys: {key: value for key, value in body.items() if key not in keys}  # noqa: E731
    early = without(order, "orderId", "status") | {
        "allAddresses": [
            address | {"postalCode": 90012, "japanType": None} for address in order["allAddresses"]
        ],
        "customerPaid": {"unit": "USD", "value": "5892", "string": "$58.92"},
        "customData": [{}],
        "shippingTrackingURL": "shipping.test.com/RA401558525US",
    }
    nested = without(order, "hasDownloads", "paymentProcessor") | {
        "metadata": {"isBuyNow": False, "hasDownloads": False, "paymentProcessor": "stripe"},
        "disputeLastStatus": "charge_refunded",
        "disputedOn": "2024-03-29T21:29:21.555Z",
    }
    sparse = without(order, "totals", "isCustomerDeleted", "isShippingRequired", "downloadFiles", "metadata")
    v1_of_2021 = free | {"requiresShipping": True, "metadata": {"buyNow": False}}
    return {
        "complete": (Order, order),
        "free download": (Order, free),
        "v1": (OrderV1, examples["OrderV1"]),
        "v1 of 2021": (OrderV1, without(v1_of_2021, "isShippingRequired", "isCustomerDeleted")),
        "page": (
            OrderList,
            {"orders": [sparse, nested], "pagination": {"limit": 100, "offset": 0, "total": 2}},
        ),
        "early v2, without an id": (Order, early),
        "webhook": (NewOrderEvent, {"triggerType": "ecomm_new_order", "payload": nested}),
        "webhook with a v1 order": (
            NewOrderEvent,
            {"triggerType": "ecomm_new_order", "payload": examples["OrderV1"]},
        ),
    }


SHAPES = ["complete", "free download", "v1", "v1 of 2021", "page", "early v2, without an id", "webhook",
          "webhook with a v1 order"]  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_that_was_seen_survives_to_the_byte(name: str, examples: dict[str, Any]) -> None:
    model, body = shapes(examples)[name]
    wire = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    read = model.from_json(wire)
    assert read.to_json() == wire
    assert read.to_dict() == body
    missing = [f"/{key}" for key in ("orderId", "status") if model is Order and key not in body]
    assert read.unreadable == dict.fromkeys(missing)
    assert pickle.loads(pickle.dumps(read)) == copy.deepcopy(read) == copy.copy(read) == read


def test_a_page_keeps_no_order_that_was_read(examples: dict[str, Any]) -> None:
    page = OrderList.from_dict({"orders": [examples["Order"]], "pagination": {}})
    (order,) = page
    assert order == page.orders[0] == page.orders[0]
    assert order is not page.orders[0]


def test_the_fields_have_their_types(examples: dict[str, Any]) -> None:
    order = Order.from_dict(examples["Order"])
    assert order.order_id == "dfa-3f1"
    assert order.status is OrderStatus.FULFILLED
    assert order.status == "fulfilled"
    assert order.accepted_on == datetime(2025, 3, 29, 21, 29, 21, 555000, tzinfo=UTC)
    assert order.refunded_on is None
    assert order.customer_paid == Price(unit="USD", value=6844, string="$ 68.44 USD")
    assert order.purchased_items_count == 2
    assert order.purchased_items[0].product_name == "Enamel Mug"
    assert order.shipping_address is not None
    assert order.shipping_address.postal_code == "97477"
    assert order.stripe_card is not None
    assert order.stripe_card.last4 == "0042"
    assert order.stripe_card.brand is CardBrand.VISA
    assert order.paypal_details is None
    assert [item.checkbox for item in order.custom_data] == [None, None, True]
    assert order.download_files == ()


def test_an_unknown_word_is_kept_and_compares_as_a_string() -> None:
    order = Order.from_dict(
        {"orderId": "dfa-3f1", "status": "partially-refunded", "stripeCard": {"brand": "UnionPay"}}
    )
    assert order.status == "partially-refunded"
    assert isinstance(order.status, OrderStatus)
    assert not order.status.is_known
    assert OrderStatus.PENDING.is_known
    assert {order.status: 1}["partially-refunded"] == 1  # type: ignore[index]
    assert pickle.loads(pickle.dumps(order.status)) == "partially-refunded"
    assert order.stripe_card is not None
    assert order.stripe_card.brand == "UnionPay"
    assert order.to_dict()["stripeCard"] == {"brand": "UnionPay"}


@pytest.mark.parametrize("null", ["null", "NULL", "nUlL"])
def test_a_null_in_quotes_is_a_text_and_nothing_else(null: str) -> None:
    body = {
        "orderId": "dfa-3f1", "status": null, "comment": null, "disputeLastStatus": null, "acceptedOn": null,
        "stripeCard": {"brand": null}, "purchasedItemsCount": null,
    }  # fmt: skip
    order = Order.from_dict(body)
    assert (order.status, order.comment) == (null, null)
    assert order.dispute_last_status is None
    assert order.stripe_card is not None
    assert order.stripe_card.brand is None
    names = ("disputeLastStatus", "stripeCard/brand", "acceptedOn", "purchasedItemsCount")
    assert order.unreadable == {f"/{name}": null for name in names}
    assert order.to_dict() == body


def test_unknown_fields_survive_at_every_depth(examples: dict[str, Any]) -> None:
    body = examples["Order"]
    body["loyalty"] = {"points": [1, 2.50, None]}
    body["totals"]["extras"][0]["price"]["fx"] = "0.91"
    body["purchasedItems"][0]["variantImage"]["blurhash"] = "LKO2"
    order = Order.from_dict(body)
    assert order.to_dict() == body
    assert order.additional_properties == {"loyalty": {"points": [1, 2.50, None]}}
    assert order.totals is not None
    assert json.loads(order.to_json()) == body


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"triggerType": "ecomm_new_order"},
        {"triggerType": "ecomm_new_order", "payload": None},
        {"triggerType": "ecomm_new_order", "payload": []},
        {"triggerType": "ecomm_new_order", "payload": {}},
        {"triggerType": "ecomm_new_order", "payload": {"orderId": 7, "status": None}},
        {"triggerType": "form_submission", "payload": {"name": "Contact", "data": {}}},
        {"orderId": "dfa-3f1", "status": "pending"},
    ],
)
def test_an_event_without_an_order_is_no_event(body: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedBody, match="payload"):
        NewOrderEvent.from_dict(body)


def test_a_part_of_an_order_keeps_no_json_and_says_so(examples: dict[str, Any]) -> None:
    price = Order.from_dict(examples["Order"]).customer_paid
    assert price is not None
    assert price.to_dict() == examples["Order"]["customerPaid"]
    with pytest.raises(AttributeError, match="part of an object that does"):
        _ = price.additional_properties


def test_an_order_that_is_changed_is_made_anew_of_its_fields(examples: dict[str, Any]) -> None:
    order = Order.from_dict(examples["Order"] | {"loyalty": 7})
    changed = attrs.evolve(order, comment="seen")
    assert (changed.comment, changed.totals) == ("seen", order.totals)
    assert "loyalty" not in changed.to_dict()
    assert order.to_dict()["loyalty"] == 7


@pytest.mark.parametrize(
    ("sent", "value", "amount"),
    [
        ({"unit": "USD", "value": 5892}, 5892, "58.92"),
        ({"unit": "USD", "value": "5892"}, 5892, "58.92"),
        ({"unit": "USD", "value": "-500"}, -500, "-5.00"),
        ({"unit": "USD", "value": 5892.0}, 5892, "58.92"),
        ({"unit": "usd", "value": 0}, 0, "0.00"),
        ({"unit": "JPY", "value": 5898}, 5898, "5898"),
        ({"unit": "KWD", "value": 1500}, 1500, "1.500"),
        ({"unit": "USD", "value": 90071992547409931}, 90071992547409931, "900719925474099.31"),
        ({"unit": "USD", "value": "58.92"}, None, None),
        ({"unit": "USD", "value": True}, None, None),
        ({"unit": "USD", "value": "1_000"}, None, None),
        ({"unit": "USD", "value": "9" * 5000}, None, None),
        ({"unit": "USD"}, None, None),
        ({"value": 5892}, 5892, None),
    ],
)
def test_a_price_is_exact(sent: dict[str, Any], value: int | None, amount: str | None) -> None:
    price = Price.from_dict(sent)
    assert price.value == value
    assert type(price.value) is type(value)
    assert price.amount == (None if amount is None else Decimal(amount))
    assert str(price.amount) == str(amount)
    assert price.to_dict() == sent


@pytest.mark.parametrize("value", [123456, -5000005, 10**30 + 1])
@pytest.mark.parametrize("precision", [1, 2, 28])
def test_a_price_is_exact_whatever_precision_the_program_reckons_with(value: int, precision: int) -> None:
    with localcontext() as context:
        context.prec = precision
        context.traps[Inexact] = True
        order = Order.from_dict(ORDERS["get"] | {"netAmount": {"unit": "USD", "value": value}})
        found = [order.net_amount and order.net_amount.amount, rows(order, SITE)["orders"][0]["net_amount"]]
    assert found == [Decimal(f"{value}e-2")] * 2


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ("2021-03-20T18:22:46.187Z", datetime(2021, 3, 20, 18, 22, 46, 187000, tzinfo=UTC)),
        ("2021-03-20T20:22:46+02:00", datetime(2021, 3, 20, 18, 22, 46, tzinfo=UTC)),
        ("2021-03-20T20:22+02:00", datetime(2021, 3, 20, 18, 22, tzinfo=UTC)),
        ("2021-03-20T18:22:46", datetime(2021, 3, 20, 18, 22, 46, tzinfo=UTC)),
        (None, None),
        ("", None),
        ("yesterday", None),
        (1616264566, datetime(2021, 3, 20, 18, 22, 46, tzinfo=UTC)),
        (1616264566187, None),
        (True, None),
    ],
)
def test_a_date_is_aware_and_its_text_is_kept(sent: Any, moment: datetime | None) -> None:
    order = Order.from_dict({"orderId": "dfa-3f1", "status": "pending", "acceptedOn": sent})
    assert order.accepted_on == moment
    if order.accepted_on is not None:
        assert order.accepted_on.utcoffset() is not None
        assert order.accepted_on.utcoffset() in (timedelta(0), timedelta(hours=2))
    assert order.to_dict()["acceptedOn"] == sent


@pytest.mark.parametrize(
    ("model", "field", "sent", "value"),
    [
        (Address, "postalCode", 90012, "90012"),
        (StripeCard, "last4", 4242, "4242"),
        (Order, "purchasedItemsCount", 2.0, 2),
        (Order, "purchasedItemsCount", "2", 2),
        (Order, "purchasedItemsCount", "two", None),
        (Order, "hasDownloads", "true", True),
        (Order, "hasDownloads", 1, True),
        (Order, "hasDownloads", 2, None),
        (Order, "hasDownloads", "yes", None),
        (Order, "comment", {"a": 1}, None),
        (Order, "totals", "free", None),
        (Order, "purchasedItems", None, ()),
        (Order, "purchasedItems", {"0": {}}, ()),
        (PurchasedItem, "weight", 1.5, 1.5),
        (PurchasedItem, "weight", None, None),
    ],
)
def test_an_odd_value_costs_no_more_than_itself(model: Any, field: str, sent: Any, value: Any) -> None:
    body = {"orderId": "dfa-3f1", "status": "pending", field: sent}
    read = model.from_dict(body)
    assert getattr(read, names_of(model)[field]) == value
    assert read.to_dict() == body
    assert read.unreadable == ({f"/{field}": sent} if sent is not None and value in (None, ()) else {})


def test_unreadable_points_into_the_depth(examples: dict[str, Any]) -> None:
    body = examples["Order"]
    body["purchasedItems"].append(None)
    body["purchasedItems"][0]["count"] = "many"
    body["totals"]["extras"][1]["price"] = 7
    assert Order.from_dict(body).unreadable == {
        "/purchasedItems/0/count": "many",
        "/purchasedItems/1": None,
        "/totals/extras/1/price": 7,
    }


@given(body=st.dictionaries(st.sampled_from([*names_of(Order)]), JSON))
def test_any_json_in_any_field_is_read_and_given_back(body: dict[str, Any]) -> None:
    order = Order.from_json(json.dumps(body))
    assert order.to_dict() == body
    assert json.loads(order.to_json()) == body
    for pointer in order.unreadable:
        assert pointer.split("/")[1] in body.keys() | {"orderId", "status"}
    assert repr(order)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": 123456789012345678901234567890}', {"a": 123456789012345678901234567890}),
        (b'{"a": NaN, "b": Infinity, "c": [-Infinity]}', {"a": None, "b": None, "c": [None]}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": "\\ud800"}', {"a": "\ud800"}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'{"a": -0.0, "b": 1.10, "c": 1e5}', {"a": -0.0, "b": 1.1, "c": 1e5}),
    ],
)
def test_json_is_read_by_the_letter(text: bytes, value: Any) -> None:
    read = Order.from_json(text)
    assert read.to_dict() == value
    assert Order.from_json(read.to_json()) == read


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b'{"a": 1,}', b"\xff", b"[" * 100_000, b"{} {}"])
def test_what_is_no_object_is_refused_and_not_quoted(text: bytes) -> None:
    with pytest.raises(UnexpectedBody) as caught:
        Order.from_json(text)
    assert caught.value.__cause__ is None
    assert "[[" not in str(caught.value)


@pytest.mark.parametrize("beside", ['"orderId": 1', '"status": "x"', '"unheardOf": ["x"]', '"comment": 5'])
def test_what_is_no_utf_8_is_refused_wherever_it_is(connect: Callable[..., Any], beside: str) -> None:
    order = f'{{"orderId": "dfa-3f1", "status": "x", {beside}, "unknown": "?"}}'
    page = '{"orders": [%s], "pagination": {"limit": 100, "offset": 0, "total": %d}, "unknown": "%s"}'
    for text, read in [
        (order, lambda client: client.get("dfa-3f1")),
        (page % (order, 1, ""), lambda client: client.list()),
        (page % (order, 1, ""), lambda client: list(client.iter())),
        (page % ("", 0, "?"), lambda client: list(client.iter())),
    ]:
        client = connect(Script(httpx.Response(200, content=text.encode().replace(b"?", b"\xff"))))
        with pytest.raises(errors.ResponseDecodeError, match="not JSON: UnicodeDecodeError"):
            read(client)
    with pytest.raises(UnexpectedBody):
        parse_list(f"[{order}]".encode().replace(b"?", b"\xff"), OrderV1)


def test_one_odd_order_does_not_cost_the_others(
    connect: Callable[..., Any], examples: dict[str, Any]
) -> None:
    good = [examples["Order"] | {"orderId": f"000-{index:03x}"} for index in range(97)]
    odd = [None, "an order", {"status": 7, "totals": [], "customerPaid": None}]
    page = {"orders": good[:50] + odd + good[50:], "pagination": {"limit": 100, "offset": 0, "total": 100}}
    client = connect(Script(answer(json=page)))
    read = client.list()
    assert [order.order_id for order in read.orders if order.order_id] == [order["orderId"] for order in good]
    assert len(read.orders) == 98
    assert set(read.unreadable) >= {"/orders/50", "/orders/51"}
    assert len(list(client.iter())) == 98
    assert read.to_dict() == page


def test_a_model_made_by_hand_is_frozen_and_sends_what_was_given() -> None:
    price = Price(unit="EUR", value=100)
    order = Order(
        order_id="dfa-3f1",
        status=OrderStatus.PENDING,
        accepted_on=datetime(2021, 3, 20, 22, 22, 46, 187999, tzinfo=timezone(timedelta(hours=2))),
        customer_paid=price,
    )
    assert order.to_dict() == {
        "orderId": "dfa-3f1",
        "status": "pending",
        "acceptedOn": "2021-03-20T20:22:46.187Z",
        "customerPaid": {"unit": "EUR", "value": 100},
    }
    assert Order.from_json(order.to_json()) == order
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        order.comment = "no"  # type: ignore[misc]
    assert attrs.evolve(order, comment="yes").comment == "yes"


def test_what_is_given_out_cannot_change_the_order(examples: dict[str, Any]) -> None:
    source = examples["Order"]
    order = Order.from_dict(source)
    before = order.to_dict()
    source["totals"]["total"]["value"] = 0
    order.to_dict()["totals"]["total"]["value"] = 0
    assert order.to_dict() == before


def test_a_misspelt_field_is_an_attribute_error(examples: dict[str, Any]) -> None:
    with pytest.raises(AttributeError, match="staus"):
        Order.from_dict(examples["Order"]).staus  # type: ignore[attr-defined]  # noqa: B018
