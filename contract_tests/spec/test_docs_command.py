"""Does `make docs` find everything on a saved page, and say what is new? The pages are typed from the data files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract_tests.spec import docs
from contract_tests.spec.comparison import datafiles
from contract_tests.spec.comparison.specfile import Spec, load
from contract_tests.spec.pages import reader
from contract_tests.spec.pages.typed import (
    bulleted,
    document,
    mdx,
    nested,
    page,
    response_fields,
    unnamed,
    without_empty,
)

SAVED = Path(__file__).parent / "pages" / "saved"
Run = Callable[..., tuple[int, str]]
SPEC = Spec(load())


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command on a page; its exit status and what it printed."""

    def run(text: str | bytes, *options: str) -> tuple[int, str]:
        path = tmp_path / "page.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        status = docs.main([str(path), *options])
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return run


@pytest.mark.parametrize("operation", datafiles.names())
def test_everything_on_a_page_is_found(operation: str) -> None:
    data = datafiles.raw(f"{operation}.yaml")
    found = reader.parse(page(operation))
    assert found["unread"] == []
    assert found["title"] == data["title"]
    assert found.get("scope") == data.get("scope")
    for section in (*datafiles.PARAMETERS, "request fields"):
        expected = {name: unnamed(without_empty(line)) for name, line in data.get(section, {}).items()}
        assert found.get(section, {}) == expected
    assert found.get("response fields", {}) == response_fields(operation)
    assert found.get("errors", []) == [str(status) for status in data.get("errors", [])]


@pytest.mark.parametrize("operation", datafiles.names())
def test_an_unchanged_page_has_no_news_and_every_field_is_in_the_report(operation: str, run: Run) -> None:
    status, report = run(page(operation))
    assert status == 0, report
    assert report.splitlines()[0].startswith(f"{datafiles.raw(f'{operation}.yaml')['title']}: {operation},")
    assert report.splitlines()[-1].endswith(" 0 new.")
    for name in response_fields(operation):
        assert name in report


FORMS: dict[str, Callable[[str], str]] = {
    "bullets": bulleted,
    "mdx": mdx,
    "json": lambda operation: json.dumps(document(operation)),
}
ADDRESSED = [name for name in datafiles.names() if "ecomm" not in name]
GROUP = [name for name in ADDRESSED if not name.endswith("-v1")]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("operation", ADDRESSED)
def test_a_page_of_today_has_no_news_down_to_the_last_field(operation: str, form: str, run: Run) -> None:
    status, report = run(FORMS[form](operation))
    assert status == 0, report
    assert f": {operation}, " in report.splitlines()[0]
    assert report.splitlines()[-1].endswith(" 0 new.")
    for name in nested(operation, "response"):
        assert name in report


def test_bullets_are_read_with_what_stands_below_them() -> None:
    (found,) = reader.read((SAVED / "update-fulfill.md").read_text("utf-8"))
    assert found.pop("mentions") == {
        "https://api.webflow.com/v2/sites/{site_id}/orders/{order_id}/fulfill",
        "update-fulfill",
    }
    assert found == {
        "title": "Fulfill Order",
        "method": "POST",
        "path": "/v2/sites/{site_id}/orders/{order_id}/fulfill",
        "scope": "ecommerce:write",
        "authentication": "Bearer",
        "path parameters": {"site_id": "string, required", "order_id": "string, required"},
        "request fields": {"sendOrderFulfilledEmail": "boolean, optional, default false"},
        "response fields": {
            "orderId": "string, optional",
            "status": "enum [pending, fulfilled], optional",
            "acceptedOn": "string or null, optional",
            "disputeLastStatus": "enum or null [won, lost], optional",
            "customerPaid": "object, optional",
            "customerPaid.unit": "string, optional",
            "customerPaid.value": "string, optional",
            "allAddresses": "list of objects, optional",
            "allAddresses.type": "enum [shipping, billing], optional",
            "allAddresses.line1": "string, optional",
            "purchasedItems": "list of objects, optional",
            "purchasedItems.variantImage": "object, optional",
            "purchasedItems.variantImage.file": "object, optional",
            "purchasedItems.variantImage.file.variants": "list of objects, optional",
            "purchasedItems.variantImage.file.variants.width": "integer, optional, at least 1, at most 4000",
            "customData": "list of maps from strings to any, optional",
            "totals": "object, optional",
        },
        "errors": ["404", "429"],
        "unread": [],
        "silent": {"format", "read-only"},
    }


# What changes on a page of today, and the names that the report then has as new.
COMMENT, WHEN = "- `comment` (string, optional)", "- `acceptedOn` (string, optional"
TODAY: dict[str, tuple[str, str, set[str]]] = {
    "a field in an object": ("- `unit` (", "- `units` (", {"customerPaid.unit", "customerPaid.units"}),
    "a null that we have, too": (COMMENT, "- `comment` (string, optional, nullable)", set()),
    "a null that went": (f"{WHEN}, nullable)", f"{WHEN})", {"acceptedOn"}),
    "another type": (COMMENT, "- `comment` (object, optional)", {"comment"}),
    "a word": ("`dispute-lost`, `refunded`", "`dispute-lost`, `refunded`, `canceled`", {"status"}),
    "a word in an object": ("`shipping`, `tax`", "`shipping`, `tax`, `tip`", {"totals.extras.type"}),
    "a word that went": ("`won`, `lost`", "`won`", {"disputeLastStatus"}),
    "a kind that nobody knows": (COMMENT, "- `comment` (decimal, optional)", {"comment", "-"}),
    "a mark that nobody knows": (COMMENT, "- `comment` (string, optional, secret)", {"comment", "-"}),
    "a status": ("### 409", "### 418", {"409", "418"}),
    "a header": ("### Path", "### Headers\n\n- `Region` (string, optional)\n\n### Path", {"Region"}),
}


@pytest.mark.parametrize("change", TODAY)
def test_news_on_a_page_of_today_are_reported(change: str, run: Run) -> None:
    before, after, names = TODAY[change]
    text = bulleted("get-order")
    assert before in text
    status, report = run(text.replace(before, after, 1))
    news = {line.split()[1] for line in report.splitlines() if line.startswith("  ! ")}
    assert (status, news) == (int(bool(names)), names), report


def test_each_operation_of_a_group_has_its_report(run: Run) -> None:
    status, report = run(json.dumps(document(*GROUP)))
    heads = [
        line for line in report.splitlines() if ": " in line and line.split(": ")[1].split(",")[0] in GROUP
    ]
    assert (status, len(heads)) == (0, len(GROUP)), report
    status, report = run(json.dumps(document(*GROUP)), "--operation", "refund-order")
    assert report.startswith("Refund Order: refund-order,")
    assert "Get Order:" not in report


def test_news_in_one_operation_of_a_group_are_news(run: Run) -> None:
    group = document(*GROUP)
    group["paths"]["/sites/{site_id}/orders/{order_id}/refund"]["post"]["responses"]["402"] = {}
    status, report = run(json.dumps(group))
    assert status == 1
    assert [line.split()[1] for line in report.splitlines() if line.startswith("  ! ")] == ["402"]


def test_or_null_behind_every_field_is_how_a_page_shows_what_is_optional(run: Run) -> None:
    fields = {
        name: line.replace(", ", " or null, ", 1) if " [" not in line else line.replace(" [", " or null [")
        for name, line in response_fields("get-order-v1").items()
    }
    status, report = run(page("get-order-v1", **{"response fields": fields}))
    assert status == 0, report
    # One that has it while another has not means it.
    status, report = run(
        page("get-order-v1", **{"response fields": {**fields, "orderId": "string, optional"}})
    )
    assert status == 1


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ("get-order-v1", "curl https://api.webflow.com/sites/580e63e98c9a982ac9b8b741/order/dfa-3f1"),
        ("get-order-v1", "get/sites/:site_id/order/:order_id"),
        ("refund-order", "curl -X POST https://api.webflow.com/v2/sites/:site_id/orders/:order_id/refund -H"),
        ("list-orders-v1", "See https://api.webflow.com/sites/{site_id}/orders for it"),
        ("list-orders", "See https://api.webflow.com/v2/sites/{site_id}/orders for it"),
        ("ecomm-order-changed", "Reference: https://developers.webflow.com/data/reference/webhooks/events/ecomm-order-changed"),
    ],
)  # fmt: skip
def test_an_address_anywhere_on_a_page_tells_its_operation(operation: str, words: str) -> None:
    (found,) = reader.read(f"Some Title\n\n{words}\n\nResponse\n\norderIdstring\n")
    assert docs.decide(found, SPEC).id == operation


def field(operation: str, section: str, **lines: str) -> dict[str, Any]:
    """The section of a page, with lines added or replaced."""
    data = datafiles.raw(f"{operation}.yaml")
    fields = response_fields(operation) if section == "response fields" else data.get(section, {})
    return {section: {**fields, **lines}}


CHANGES = {
    "a new field": (
        "unfulfill-order",
        field("unfulfill-order", "response fields", giftNote="string"),
        "giftNote",
    ),
    "a new field called string": (
        "get-order-v1",
        field("get-order-v1", "response fields", string="string, optional"),
        "string",
    ),
    "another type": ("get-order", field("get-order", "response fields", comment="object"), "comment"),
    "a null more": ("get-order", field("get-order", "response fields", totals="object or null"), "totals"),
    "a null less": (
        "get-order",
        field("get-order", "response fields", acceptedOn="string, format date-time"),
        "acceptedOn",
    ),
    "another format": (
        "get-order",
        field("get-order", "response fields", refundedOn="string or null, format date"),
        "refundedOn",
    ),
    "a new enum value": (
        "get-order-v1",
        field(
            "get-order-v1",
            "response fields",
            status="enum [pending, unfulfilled, fulfilled, disputed, dispute-lost, refunded, canceled], optional",
        ),
        "status",
    ),
    "an enum value less": (
        "refund-order",
        field("refund-order", "request fields", reason="enum [duplicate, fraudulent], optional"),
        "reason",
    ),
    "a new parameter": (
        "list-orders",
        field("list-orders", "query parameters", sortBy="string, optional"),
        "sortBy",
    ),
    "a new header": ("get-order-v1", field("get-order-v1", "headers", Region="string, optional"), "Region"),
    "a first query parameter": ("get-order", {"query parameters": {"expand": "string, optional"}}, "expand"),
    "a request body where there was none": ("unfulfill-order", {"request fields": {"why": "string"}}, "why"),
    "another default": (
        "fulfill-order",
        field("fulfill-order", "request fields", sendOrderFulfilledEmail="boolean, optional, default true"),
        "sendOrderFulfilledEmail",
    ),
    "a lower limit": (
        "list-orders",
        field("list-orders", "query parameters", limit="integer, optional, at most 50"),
        "limit",
    ),
    "a parameter that became required": (
        "list-orders",
        field("list-orders", "query parameters", status="enum, required"),
        "status",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_news_on_a_page_are_reported(change: str, run: Run) -> None:
    operation, sections, name = CHANGES[change]
    status, report = run(page(operation, **sections))
    news = [line.split()[1] for line in report.splitlines() if line.startswith("  ! ")]
    assert (status, news) == (1, [name]), report


@pytest.mark.parametrize("name", sorted(response_fields("unfulfill-order")))
def test_a_field_that_left_the_page_is_reported(name: str, run: Run) -> None:
    left = {key: line for key, line in response_fields("unfulfill-order").items() if key != name}
    status, report = run(page("unfulfill-order", **{"response fields": left}))
    assert status == 1, report
    assert f"  ! {name} " in report


@pytest.mark.parametrize(
    ("before", "after", "news"),
    [
        ("500\nSome Error", "500\nSome Error\n503\nSome Error", "503"),
        ("409\nSome Error\n", "", "409"),
        ("ecommerce:write", "orders:write", "scope"),
        ("Unfulfill Order", "Unfulfill an Order", "title"),
        ("totalsobject", "totalswibbleOptional", "totalswibbleOptional"),
    ],
)
def test_other_news_are_reported(before: str, after: str, news: str, run: Run) -> None:
    text = page("unfulfill-order")
    assert before in text
    status, report = run(text.replace(before, after), "--operation", "unfulfill-order")
    assert status == 1, report
    assert any(f"{line} ".startswith(f"  ! {news} ") for line in report.splitlines())


@pytest.mark.parametrize("last", ["500\nSome Error", "500Internal Server Error", "500 Internal Server Error"])
def test_the_last_status_is_found_where_it_runs_into_the_end_of_the_file(last: str) -> None:
    text = page("unfulfill-order").removesuffix("500\nSome Error") + last
    assert reader.parse(text)["errors"] == ["400", "401", "403", "404", "409", "429", "500"]


def test_markdown_is_read_as_well(run: Run) -> None:
    found = reader.parse((SAVED / "update-order.md").read_text("utf-8"))
    data = datafiles.raw("update-order.yaml")
    assert found["unread"] == []
    assert (found["scope"], found["method"], found["authentication"]) == (
        "ecommerce:write",
        "PATCH",
        "Bearer",
    )
    for section in ("path parameters", "request fields"):
        assert found[section] == data[section]
    assert found["errors"] == [str(status) for status in data["errors"]]
    order = response_fields("update-order")
    names = ("orderId", "status", "comment", "acceptedOn", "purchasedItems", "purchasedItemsCount")
    assert found["response fields"] == {name: order[name] for name in names}


@pytest.mark.parametrize(
    ("line", "name", "expected"),
    [
        ("orderIdstringRead-only", "orderId", "string, read-only"),
        ("disputeLastStatusenum or null", "disputeLastStatus", "enum or null"),
        (
            'shippingTrackingURLstring or nullformat: "uri"',
            "shippingTrackingURL",
            "string or null, format uri",
        ),
        ("Accept-VersionstringOptional", "Accept-Version", "string, optional"),
        ("customDatalist of maps from strings to any", "customData", "list of maps from strings to any"),
        ("purchasedItemsCountdouble", "purchasedItemsCount", "double"),
        ("stringstringOptional", "string", "string, optional"),
        ("datedatetime", "date", "datetime"),
        ("objectlist of objects", "object", "list of objects"),
        ("limitinteger>=1<=100Defaults to 9", "limit", "integer, at least 1, at most 100, default 9"),
    ],
)
def test_a_line_is_taken_apart(line: str, name: str, expected: str) -> None:
    found = reader.parse(f"Some Page\n\nResponse\n\n{line}\n")
    assert found["response fields"] == {name: expected}


@pytest.mark.parametrize(
    "prose", ["An object", "Unique identifier for a Site", "update", "Request was successful"]
)
def test_prose_is_no_field(prose: str) -> None:
    found = reader.parse(f"Some Page\n\nResponse\n\ntotalsobject\n{prose}\n")
    assert (list(found["response fields"]), found["unread"]) == (["totals"], [])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "it is empty"),
        ("<!DOCTYPE html><html>", "it is not text"),
        (b"\xff\xfe\x00", "it is not UTF-8 text"),
        ("Get Order\n\nA page with prose alone.\n", "no field, parameter or status was found"),
        ("Cancel Order\n\nResponse\n\norderIdstring\n", "no operation has the title 'Cancel Order'"),
    ],
)
def test_a_page_that_cannot_be_read_says_why(text: str | bytes, sentence: str, run: Run) -> None:
    status, printed = run(text)
    assert status == 2
    assert sentence in printed


def test_an_unknown_operation_and_a_missing_file_say_so(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    status, printed = run(page("get-order"), "--operation", "cancel-order")
    assert (status, "there is no operation 'cancel-order'; there are list-orders" in printed) == (2, True)
    assert docs.main(["no-such-page.txt"]) == 2
    assert "no-such-page.txt: No such file" in capsys.readouterr().err
