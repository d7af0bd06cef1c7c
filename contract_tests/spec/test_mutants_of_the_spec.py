"""Does a change to any one schema, parameter or status of openapi.yaml turn something red?

A changed spec always makes generated/ stale, so `make drift` sees every change. That is the last resort: it is
silenced by `make generate`. Whatever is left to it alone stands in `DRIFT_ALONE`, with the reason.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pytest

from contract_tests.spec import catchers
from contract_tests.spec.catchers import (
    CHANGES,
    DRIFT,
    answers,
    catches,
    seen_by_an_example,
    seen_by_the_mock,
)
from contract_tests.spec.comparison.specfile import PATH, Node, load

NOT_SENT = "seen in the wild, but documented nowhere; the mock does not send it, and no example has it"
ANY_WOULD = "the mock's headers keep to the narrower promise and to the wider one"
ALWAYS_THERE = "no document lists the fields of v1's errors; the mock and the examples have these anyway"
NEVER_NULL = "that it may be null is assumed; no document, no example and no order of the mock has it"
NO_SERVER = "of a receiver, who is no part of the mock; the page says 'any other status' for 4XX"
SCHEMAS, HEADERS = "#/components/schemas", "#/components/headers"

# change → place → why neither the documents, nor an example, nor the mock can see it.
DRIFT_ALONE: dict[str, dict[str, str]] = {
    "a property is renamed": {
        f"{SCHEMAS}/Order: requiresShipping is renamed": NOT_SENT,
        f"{SCHEMAS}/OrderMetadata: hasDownloads is renamed": NOT_SENT,
        f"{SCHEMAS}/OrderMetadata: paymentProcessor is renamed": NOT_SENT,
    },
    "a type is flipped": {
        f"{SCHEMAS}/Order/properties/requiresShipping: a string": NOT_SENT,
        f"{SCHEMAS}/OrderMetadata/properties/hasDownloads: a string": NOT_SENT,
        f"{SCHEMAS}/OrderMetadata/properties/paymentProcessor: a boolean": NOT_SENT,
    },
    "a null is no longer allowed": {
        f"{SCHEMAS}/VariantImage/properties/fileId: never null": NEVER_NULL,
        f"{SCHEMAS}/OrderMetadata/properties/paymentProcessor: never null": NEVER_NULL,
    },
    "a field is no longer required": {
        f"{SCHEMAS}/ErrorV1: required without msg": ALWAYS_THERE,
        f"{SCHEMAS}/ErrorV1: required without code": ALWAYS_THERE,
    },
    "a bound is loosened": {
        f"{HEADERS}/RateLimitLimit/schema: minimum 0": ANY_WOULD,
        f"{HEADERS}/RateLimitRemaining/schema: minimum -1": ANY_WOULD,
        f"{HEADERS}/RateLimitLimitIfCounted/schema: minimum 0": ANY_WOULD,
        f"{HEADERS}/RateLimitRemainingIfCounted/schema: minimum -1": ANY_WOULD,
        f"{HEADERS}/RetryAfter/schema: minimum -1": ANY_WOULD,
    },
    "a bound is tightened": {
        f"{HEADERS}/RateLimitLimit/schema: minimum 2": ANY_WOULD,
        f"{HEADERS}/RateLimitLimitIfCounted/schema: minimum 2": ANY_WOULD,
        f"{HEADERS}/RateLimitRemainingIfCounted/schema: minimum 1": ANY_WOULD,
        f"{HEADERS}/RetryAfter/schema: minimum 1": ANY_WOULD,
    },
    "a status is another one": {
        "#/webhooks/ecomm_new_order/post: 4XX is 418": NO_SERVER,
        "#/webhooks/ecomm_order_changed/post: 4XX is 418": NO_SERVER,
    },
}


@pytest.mark.parametrize("change", CHANGES)
def test_something_turns_red_when(change: str) -> None:
    found = [(f"{pointer}: {what}", who) for pointer, what, who in catches(change)]
    assert found, f"nothing in the spec can be changed so that {change}"
    alone = {place for place, who in found if who == DRIFT}
    known = set(DRIFT_ALONE.get(change, {}))
    assert alone - known == set(), "seen by nobody but drift"
    assert known - alone == set(), "somebody sees it now: take it off the list"


@pytest.mark.parametrize("sees", [seen_by_the_mock, seen_by_an_example])
def test_the_spec_as_it_is_turns_nothing_red(sees: Callable[[Node], bool]) -> None:
    assert not sees(load())


def test_the_mock_was_asked_for_every_status_of_every_operation() -> None:
    declared = {
        (operation["operationId"], status)
        for item in load()["paths"].values()
        for operation in item.values()
        if "operationId" in operation
        for status in operation["responses"]
    }
    assert {(answer.operation, answer.status) for answer in answers()} >= declared - UNASKED


# An unfulfilment has no body that could be malformed.
UNASKED = {("unfulfill-order", "400")}


def test_drift_sees_a_change_of_one_byte() -> None:
    made_of = json.loads(
        (PATH.parent / "generated/webflow_orders_generated/provenance.json").read_text("utf-8")
    )
    assert made_of["spec_sha256"] == hashlib.sha256(PATH.read_bytes()).hexdigest()


def test_the_table_can_be_printed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catchers, "CHANGES", ["a request body is dropped", "a field is no longer required"])
    catchers.main()
    printed = capsys.readouterr().out
    assert "a request body is dropped" in printed
    assert "ErrorV1: required without msg" in printed
