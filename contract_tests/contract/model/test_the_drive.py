"""Does each step of the drive notice when the server breaks its word?"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from webflow_orders_contract.drive.driver import Driver, StepResult, named
from webflow_orders_contract.drive.scenario import LIFE, READING
from webflow_orders_contract.drive.writes import steps
from webflow_orders_mock import MockWebflow, Request, Response, order

from contract_tests.contract.conftest import gateway_to

Change = Callable[[Any], Any]
STEPS = (*READING, *LIFE)


def _drive(mock: MockWebflow, kind: str) -> list[StepResult]:
    with gateway_to(mock) as gateway:
        return Driver(gateway).drive(kind, STEPS, lambda step: None)


@pytest.mark.parametrize("dialect", ["observed", "documented"])
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_healthy_mock_passes_every_step(kind, dialect):
    results = _drive(MockWebflow(dialect=dialect), kind)
    assert [result.step for result in results] == [named(step) for step in STEPS]
    assert {result.verdict for result in results} == {"ok"}, results


def _on(method: str, end: str, change: Change) -> Callable[[Request, Response], Response]:
    def spoil(request: Request, answer: Response) -> Response:
        if request.method != method or not request.path.endswith(end) or answer.status != 200:
            return answer
        return dataclasses.replace(answer, body=json.dumps(change(json.loads(answer.body))).encode())

    return spoil


def _without_total(page: Any) -> Any:
    return page | {"pagination": page["pagination"] | {"total": page["pagination"]["total"] + 1}}


SPOILED = {
    "list the first page": _on("GET", "/orders", _without_total),
    "get one": _on("GET", "/dfa-3f1", lambda order: order | {"comment": "another"}),
    "agree with v1": _on(
        "GET", "/order/dfa-3f1", lambda order: order | {"acceptedOn": "2020-01-01T00:00:00.000Z"}
    ),
    "miss an order": lambda request, answer: (
        dataclasses.replace(answer, status=200, body=b'{"orderId": "000-000", "status": "pending"}')
        if answer.status == 404
        else answer
    ),
    "update its notes": _on("PATCH", "/dfa-3f1", lambda order: order | {"comment": "lost"}),
    "fulfill": _on("POST", "/fulfill", lambda order: order | {"fulfilledOn": None}),
    "unfulfill": _on("POST", "/unfulfill", lambda order: order | {"status": "fulfilled"}),
    "refund": _on("POST", "/refund", lambda order: order | {"status": "fulfilled"}),
    "be refused a second refund": lambda request, answer: (
        dataclasses.replace(answer, status=200, body=b'{"orderId": "dfa-3f1", "status": "refunded"}')
        if answer.status == 409
        else answer
    ),
}


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("step", SPOILED)
def test_a_step_notices_what_is_wrong_and_the_steps_after_it_are_skipped(step, kind):
    class Broken(MockWebflow):
        def handle(self, request: Request) -> Response:
            return SPOILED[step](request, super().handle(request))

    results = _drive(Broken(), kind)
    failed = [result for result in results if result.verdict == "failed"]
    assert [result.step for result in failed] == [step]
    assert failed[0].failure is not None
    assert failed[0].failure.curl[-1].startswith("curl ")
    assert re.match(r"[24]\d\d .*\n(.+: .*\n)+\n[\[{]", failed[0].failure.answer), "status, headers, body"
    assert {result.verdict for result in results[results.index(failed[0]) + 1 :]} <= {"skipped"}


def test_the_curl_lines_of_a_failed_step_begin_with_the_writes_that_led_to_it():
    class Broken(MockWebflow):
        def handle(self, request: Request) -> Response:
            return SPOILED["unfulfill"](request, super().handle(request))

    failure = next(result.failure for result in _drive(Broken(), "sync") if result.failure is not None)
    ends = [line.rsplit("/", 1)[-1] for line in failure.curl]
    assert ends == ["dfa-3f1", "fulfill", "unfulfill"]


def _everywhere(change: Callable[[str], str]) -> type[MockWebflow]:
    class Odd(MockWebflow):
        def handle(self, request: Request) -> Response:
            answer = super().handle(request)
            return dataclasses.replace(answer, body=change(answer.body.decode()).encode())

    return Odd


@pytest.mark.parametrize(
    ("step", "change"),
    [
        ("filter by status", lambda body: re.sub('"status": ?"(\\w+)"', r'"status": "\1-"', body)),
        ("get one", lambda body: re.sub('"orderId": ?"(\\w+)', r'"orderId": "\1 ', body)),
    ],
)
def test_what_the_client_would_not_send_is_left_alone_and_no_failure_of_its_own(step, change):
    results = {each.step: each for each in _drive(_everywhere(change)(), "sync")}
    assert results[step].verdict == "skipped"
    assert results[step].failure is None


def test_an_order_may_have_any_id():
    mock = MockWebflow()
    for number in range(2):
        mock.seed(mock.site_id, order(f"{number:03x}-000"))
    with gateway_to(mock) as gateway:
        results = Driver(gateway).drive("sync", READING, lambda step: None)
    assert (results[-1].step, results[-1].verdict) == ("miss an order", "ok")


@pytest.mark.parametrize(
    ("status", "payment", "told"),
    [("unfulfilled", None, "cost nothing"), ("pending", "stripe", "is pending")],
)
def test_what_may_not_be_refunded_is_left_alone(status, payment, told):
    mock = MockWebflow(shop=False)
    mock.seed(mock.site_id, order("aaa-111", status=status, payment=payment))
    with gateway_to(mock) as gateway:
        (step,) = Driver(gateway).drive("async", steps(None, "aaa-111"), lambda step: None)
    assert (step.verdict, step.note) == (
        "skipped",
        f"left alone: order aaa-111 {told}, and can not be refunded",
    )
    assert [entry.method for entry in mock.ledger] == ["GET"]
