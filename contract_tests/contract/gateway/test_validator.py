"""Does every answer that passes the gateway get judged, whoever has asked, and is each kind of wrong one named?"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from webflow_orders_contract.description import read
from webflow_orders_contract.gateway.rules import NAMELESS, RULES
from webflow_orders_contract.gateway.validator import Validator
from webflow_orders_mock import MockWebflow, Request, Response

from contract_tests.contract.conftest import gateway_to

Change = Callable[[Response], Response]


def _body(change: Callable[[bytes], bytes]) -> Change:
    return lambda answer: dataclasses.replace(answer, body=change(answer.body))


def _with(member: bytes) -> Change:
    return _body(lambda body: body.replace(b'"orderId"', member + b', "orderId"', 1))


def _fields(**fields: Any) -> Change:
    return _body(lambda body: json.dumps(json.loads(body) | fields).encode())


def _headers(**headers: str) -> Change:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda answer: dataclasses.replace(answer, headers=answer.headers | named)


def _without(name: str) -> Change:
    return lambda answer: dataclasses.replace(
        answer, headers={key: value for key, value in answer.headers.items() if key.lower() != name}
    )


WRONG: dict[str, tuple[Change, str, str]] = {
    "a status that is documented nowhere": (
        lambda answer: dataclasses.replace(answer, status=418), "documented_status", "418"
    ),
    "a server error": (lambda answer: dataclasses.replace(answer, status=503), "no_server_error", "503"),
    "another media type": (_headers(Content_Type="text/html"), "content_type", "text/html"),
    "no limit": (_without("x-ratelimit-limit"), "documented_headers", "X-RateLimit-Limit is missing"),
    "a limit that is no number": (_headers(**{"X-RateLimit-Limit": "many"}), "documented_headers", "'many'"),
    "a key twice": (_with(b'"status": "pending"'), "well_formed_json", "status twice"),
    "half of it": (_body(lambda body: body[: len(body) // 2]), "well_formed_json", "no JSON"),
    "Latin": (_with(b'"x": "\xe9"'), "well_formed_json", "UTF-8"),
    "no number": (_with(b'"x": NaN'), "well_formed_json", "NaN"),
    "a date that is none": (_fields(acceptedOn="yesterday"), "schema", "/acceptedOn: "),
    "what none of the alternatives allows": (
        _fields(customerInfo={"email": "nobody"}), "schema", '/customerInfo/email: "nobody" is not a "email"'
    ),
    "another order": (_fields(orderId="000-001"), "order_is_the_one_asked_for", "000-001"),
}  # fmt: skip


def _judged(change: Change, times: int = 1) -> Validator:
    class Wrong(MockWebflow):
        def handle(self, request: Request) -> Response:
            return change(super().handle(request))

    validator, mock = Validator(read()), Wrong()
    with gateway_to(mock, watchers=[validator]) as gateway:
        for _ in range(times):
            headers = {"Authorization": f"Bearer {mock.token}"}
            url = f"{gateway.url}/v2/sites/{mock.site_id}/orders/dfa-3f1"
            httpx.get(url, headers=headers, trust_env=False)
    return validator


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_an_answer_is_named_with_its_place_and_the_request(name):
    change, check, told = WRONG[name]
    failures = {each.what: each for each in _judged(change).failures}
    assert told in failures[check].message
    assert failures[check].where == "get-order"
    assert failures[check].curl[-1].endswith("/orders/dfa-3f1")
    assert failures[check].answer


def test_a_right_answer_is_counted_by_every_check_and_nothing_is_said_of_it():
    validator = _judged(lambda answer: answer, times=2)
    assert validator.failures == []
    assert validator.answers == 2
    checks = {
        "answer_is_whole",
        "documented_status",
        "no_server_error",
        "documented_headers",
        "content_type",
        "well_formed_json",
        "schema",
    }
    assert validator.counts["get-order"].keys() == checks | {rule.__name__ for rule in (*RULES, *NAMELESS)}
    assert {tuple(count) for count in validator.counts["get-order"].values()} == {(2, 0)}


def test_of_a_page_of_somebody_else_only_that_is_said():
    page = Response(404, {"Content-Type": "text/html"}, b"<html>no such page</html>")
    (failure,) = _judged(lambda answer: page).failures
    assert failure.message == "it is text/html, not application/json"


def test_whoever_has_no_v1_is_told_how_to_leave_it_out():
    validator, operations = Validator(read()), {each.id: each for each in read().operations}
    (v1,) = validator.never_succeeded([operations["get-order-v1"], operations["list-orders-v1"]])
    (both,) = validator.never_succeeded([operations["get-order-v1"], operations["get-order"]])
    assert v1.message == "never answered 2xx: get-order-v1, list-orders-v1; --no-v1 leaves these out"
    assert both.message == "never answered 2xx: get-order-v1, get-order"


def test_a_header_that_came_twice_is_named():
    validator, mock = Validator(read()), MockWebflow()

    class Doubling:
        def saw(self, gateway, request, raw, shown):
            twice = dataclasses.replace(raw, headers=[*raw.headers, ("x-ratelimit-remaining", "1")])
            validator.saw(gateway, request, twice, twice)

    with gateway_to(mock, watchers=[Doubling()]) as gateway:
        gateway.request("GET", f"/v2/sites/{mock.site_id}/orders/dfa-3f1")
    assert [each.message for each in validator.failures] == ["x-ratelimit-remaining came 2 times"]


def test_the_same_again_is_one_failure_and_how_often_is_told():
    (failure,) = [
        each for each in _judged(_fields(acceptedOn="yesterday"), times=3).failures if each.what == "schema"
    ]
    assert failure.times == 3


def test_what_is_no_operation_is_not_judged():
    validator, mock = Validator(read()), MockWebflow()
    with gateway_to(mock, watchers=[validator], reset="/_mock/reset") as gateway:
        gateway.request("GET", f"/_mock/sites/{mock.site_id}/orders")
        gateway.request("DELETE", f"/v2/sites/{mock.site_id}/orders")
        gateway.start_over()
    assert validator.answers == 0
