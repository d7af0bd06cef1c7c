"""Does each dialect say what it promises: real orders, or the pages?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from webflow_orders_mock import MockWebflow, item, order

Connect = Callable[..., httpx.Client]
Json = dict[str, Any]
DOCUMENTS = Path(__file__).parents[2] / "spec" / "documents"
# Where v1's page says null in its text, or its sample shows it, though its types do not.
NULL_IN_V1 = {
    "disputedOn", "disputeUpdatedOn", "disputeLastStatus", "fulfilledOn", "refundedOn", "shippingProvider",
    "shippingTracking", "customerId", "chargeId", "disputeId", "refundId", "refundReason",
}  # fmt: skip
# An enumeration that does not apply has no empty value; and nothing but one of three was entered.
MAY_BE_LEFT_OUT = {"type", "brand", "createdOn", "textInput", "textArea", "checkbox", "name"}
# The page describes it in each item, the page's sample has it beside them: it stands in neither.
CONTESTED = {"purchasedItemsCount"}


def _facts(version: str) -> dict[str, dict[str, str]]:
    """What the pages print of each object: field to words. The second file names its objects."""
    page = yaml.load((DOCUMENTS / f"order-{version}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    inside = yaml.load((DOCUMENTS / f"objects-{version}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    objects = {name: fields for name, fields in inside.items() if isinstance(fields, dict)}
    objects["Order"] = {**page["Order"], **objects["Order"]}
    objects["CustomDataItem"] = dict.fromkeys(("name", "textInput", "textArea", "checkbox"), "any")
    objects["Order"]["customData"] = "list of CustomDataItem"
    # Of these the published description says no more than the page; that says whether they may be null.
    for name, words in page["Order"].items():
        if "or null" in words and "or null" not in objects["Order"][name]:
            objects["Order"][name] += " or null"
    return objects


def _departures(value: Any, words: str, facts: dict[str, dict[str, str]], at: str, v1: bool) -> Iterator[str]:
    field = at.rpartition(".")[2]
    kind = re.split(r",| or | \[", words.removeprefix("list of "))[0]
    if value is None:
        if "or null" not in words and not (v1 and field in NULL_IN_V1):
            yield f"{at} is null"
    elif words.startswith("list of "):
        for number, one in enumerate(value):
            yield from _departures(one, words.removeprefix("list of "), facts, f"{at}.{number}", v1)
    elif kind in facts:
        yield from _departures_of_object(value, kind, facts, at, v1)
    elif kind in ("string", "enum", "datetime") and not isinstance(value, str):
        yield f"{at} is not a string"
    elif kind in ("number", "double", "integer") and type(value) not in (int, float):
        yield f"{at} is not a number"
    elif kind == "boolean" and not isinstance(value, bool):
        yield f"{at} is not a boolean"


def _departures_of_object(
    value: Json, kind: str, facts: dict[str, dict[str, str]], at: str, v1: bool
) -> Iterator[str]:
    listed = set(facts[kind])
    if value:
        unset = {"acceptedOn"} if v1 else set()
        missing = listed - set(value) - MAY_BE_LEFT_OUT - CONTESTED - unset
        yield from (f"{at}.{name} is missing" for name in missing)
    yield from (f"{at}.{name} is not on the page" for name in set(value) - listed)
    for name in set(value) & listed:
        yield from _departures(value[name], facts[kind][name], facts, f"{at}.{name}", v1)


def _told(dialect: str, connect: Connect, path: str) -> list[Json]:
    mock = MockWebflow(dialect=dialect)  # type: ignore[arg-type]
    mock.seed(mock.site_id, {"orderId": "bare", "status": "pending"})
    told = connect(mock).get(path).json()
    orders: list[Json] = told["orders"] if isinstance(told, dict) else told
    return orders


@pytest.mark.parametrize("version", ["v2", "v1"])
def test_the_documented_dialect_is_what_the_pages_list(
    version: str, connect: Connect, orders_url: str, v1_url: str
) -> None:
    orders = _told("documented", connect, orders_url if version == "v2" else f"{v1_url}/orders")
    facts = _facts(version)
    found: list[str] = []
    for one in orders:
        found += _departures(one, "Order", facts, one["orderId"], version == "v1")
    assert len(orders) == 28
    assert found == []


@pytest.mark.parametrize("version", ["v2", "v1"])
def test_the_observed_dialect_is_not(version: str, connect: Connect, orders_url: str, v1_url: str) -> None:
    """The judge of the test above can say no."""
    orders = _told("observed", connect, orders_url if version == "v2" else f"{v1_url}/orders")
    found = list(_departures(orders[0], "Order", _facts(version), "order", version == "v1"))
    assert "order.customerPaid.value is not a string" in found
    assert "order.purchasedItems.0.variantImage.alt is not on the page" in found


@pytest.fixture
def observed(connect: Connect, orders_url: str) -> dict[str, Json]:
    return {one["orderId"]: one for one in _told("observed", connect, orders_url)}


@pytest.fixture
def observed_v1(connect: Connect, v1_url: str) -> dict[str, Json]:
    return {one["orderId"]: one for one in _told("observed", connect, f"{v1_url}/orders")}


@pytest.fixture
def documented(connect: Connect, orders_url: str) -> dict[str, Json]:
    return {one["orderId"]: one for one in _told("documented", connect, orders_url)}


def test_observed_prices_are_integers_and_the_fee_has_no_string(observed: dict[str, Json]) -> None:
    assert observed["dfa-3f1"]["customerPaid"] == {"unit": "USD", "value": 6844, "string": "$ 68.44 USD"}
    assert observed["dfa-3f1"]["applicationFee"] == {"unit": "USD", "value": 136}


def test_documented_prices_are_strings_and_the_fee_has_one_too(documented: dict[str, Json]) -> None:
    assert documented["dfa-3f1"]["customerPaid"] == {"unit": "USD", "value": "6844", "string": "$ 68.44 USD"}
    assert documented["dfa-3f1"]["applicationFee"] == {"unit": "USD", "value": "136", "string": "$ 1.36 USD"}
    discount = documented["dfa-3f1"]["totals"]["extras"][2]["price"]
    assert discount == {"unit": "USD", "value": "-500", "string": "-$ 5.00 USD"}


def test_observed_keys_are_missing_where_real_orders_miss_them(observed: dict[str, Json]) -> None:
    free_download, paypal = observed["382-b8b-0c4"], observed["6b8-f04"]
    assert "shippingAddress" not in free_download
    assert "stripeCard" not in free_download
    assert "stripeCard" not in paypal
    assert set(free_download["paypalDetails"].values()) == {None}
    assert observed["dfa-3f1"]["paypalDetails"] is None
    assert observed["bare"] == {"orderId": "bare", "status": "pending"}


def test_documented_keys_are_empty_where_observed_ones_are_missing(documented: dict[str, Json]) -> None:
    assert documented["382-b8b-0c4"]["shippingAddress"] == {}
    assert documented["382-b8b-0c4"]["stripeCard"] == {}
    assert documented["dfa-3f1"]["paypalDetails"] == {}
    assert documented["bare"]["purchasedItems"] == []


def test_an_observed_picture_has_an_id_and_no_file(observed: dict[str, Json]) -> None:
    thing = observed["dfa-3f1"]["purchasedItems"][0]
    assert set(thing["variantImage"]) == {"fileId", "url", "alt", "file"}
    assert thing["variantImage"]["alt"] is thing["variantImage"]["file"] is None
    assert (thing["height"], thing["length"]) == (0, 0)


def test_a_documented_picture_has_a_file_and_no_id(documented: dict[str, Json]) -> None:
    thing = documented["dfa-3f1"]["purchasedItems"][0]
    assert set(thing["variantImage"]) == {"url", "file"}
    assert thing["variantImage"]["file"]["variants"][0]["width"] == 320
    assert (thing["height"], thing["weight"]) == (None, 11)
    kept = documented["cd0-f0f"]["purchasedItems"][0]["variantImage"]["file"]
    assert kept["originalFileName"] == "poster.jpg"


def test_observed_v1_has_its_own_names_and_what_no_page_of_v1_lists(observed_v1: dict[str, Json]) -> None:
    told = observed_v1["dfa-3f1"]
    assert told["metadata"] == {"buyNow": False}
    assert told["requiresShipping"] is True
    assert not {"isShippingRequired", "isCustomerDeleted"} & set(told)
    assert {"applicationFee", "hasDownloads", "paymentProcessor", "shippingTrackingURL"} <= set(told)
    assert set(told["purchasedItems"][0]["variantImage"]) == {"fileId", "url", "alt"}
    assert observed_v1["382-b8b-0c4"]["requiresShipping"] is False


def test_a_seed_may_use_the_words_of_the_docs(connect: Connect, orders_url: str) -> None:
    mock = MockWebflow()
    paid = {"unit": "EUR", "value": "-12", "string": "-€ 0,12 EUR"}
    mock.seed(
        mock.site_id, {"orderId": "x", "status": "pending", "customerPaid": paid, "requiresShipping": True}
    )
    client = connect(mock)
    assert client.get(f"{orders_url}/x").json()["customerPaid"]["value"] == -12
    assert client.get(f"/sites/{mock.site_id}/order/x").json()["requiresShipping"] is True


def test_what_nobody_knows_of_survives_in_the_observed_dialect(connect: Connect, orders_url: str) -> None:
    mock = MockWebflow()
    mock.seed(
        mock.site_id, order("x", items=[item("A", 1, colour="red")]) | {"loyalty": {"points": [1, None]}}
    )
    told = connect(mock).get(f"{orders_url}/x").json()
    assert told["loyalty"] == {"points": [1, None]}
    assert told["purchasedItems"][0]["colour"] == "red"


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(ValueError, match="no dialect 'klingon'"):
        MockWebflow(dialect="klingon")  # type: ignore[arg-type]
