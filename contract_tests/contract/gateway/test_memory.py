"""Is an order read back after each write, and is it noticed what was refused and done, or done and not stored?"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from email.utils import formatdate
from http.client import IncompleteRead
from typing import ClassVar

import httpx
import pytest
from webflow_orders_contract.description import read
from webflow_orders_contract.gateway.memory import (
    AGREE,
    DATED,
    LEAVES,
    REFUSED,
    SAME_IN_V1,
    STORED,
    OrderMemory,
)
from webflow_orders_contract.gateway.proxy import NoAnswer
from webflow_orders_contract.gateway.validator import Validator
from webflow_orders_mock import MockWebflow, Request, Response

from contract_tests.contract.conftest import gateway_to, mute

ORDER = "dfa-3f1"


class RefusesYetRefunds(MockWebflow):
    def handle(self, request: Request) -> Response:
        if request.path.endswith("/refund") and "authorization" not in request.headers:
            super().handle(dataclasses.replace(request, headers={"authorization": f"Bearer {self.token}"}))
        return super().handle(request)


class CutsText(MockWebflow):
    """Answers what was sent, and keeps less of it."""

    def handle(self, request: Request) -> Response:
        answer = super().handle(request)
        if request.method == "PATCH" and answer.status == 200:
            order = json.loads(answer.body)
            self.seed(self.site_id, order | {"comment": order["comment"][:20]})
        return answer


def _judged(
    mock: MockWebflow, ask: Callable[[httpx.Client, str], object], *, counted: bool = False
) -> Validator:
    validator = Validator(read())
    watchers = [validator, OrderMemory(read(), validator)]
    with gateway_to(mock, watchers=watchers, reset="/_mock/reset") as gateway:
        gateway.counted = counted
        gateway.request("GET", f"/v2/sites/{mock.site_id}/orders")
        with httpx.Client(trust_env=False) as client:
            for _ in range(2):
                ask(client, f"{gateway.url}/v2/sites/{mock.site_id}/orders/{ORDER}")
                assert gateway.sent[-1].method != "GET", "the second look is not remembered"
                gateway.start_over()
    return validator


def _refund_without_a_token(client: httpx.Client, url: str) -> None:
    assert client.post(f"{url}/refund").status_code == 401


def _comment(client: httpx.Client, url: str) -> None:
    headers = {"Authorization": f"Bearer {MockWebflow().token}"}
    assert client.patch(url, json={"comment": "a" * 30}, headers=headers).status_code == 200


class AcceptsAgain(MockWebflow):
    """A comment that changes is taken for a new order."""

    besides: ClassVar = {"acceptedOn": "2025-04-01T00:00:00.000Z"}

    def handle(self, request: Request) -> Response:
        answer = super().handle(request)
        if request.method == "PATCH" and answer.status == 200:
            order = json.loads(answer.body) | self.besides
            self.seed(self.site_id, order)
            return dataclasses.replace(answer, body=json.dumps(order).encode())
        return answer


class ForgetsTheCharge(MockWebflow):
    """What is paid back has no charge any more."""

    def handle(self, request: Request) -> Response:
        answer = super().handle(request)
        if request.path.endswith("/refund") and answer.status == 200:
            order = json.loads(answer.body)
            order["stripeDetails"] = {"refundId": order["stripeDetails"]["refundId"], "refundReason": None}
            self.seed(self.site_id, order)
            return dataclasses.replace(answer, body=json.dumps(order).encode())
        return answer


def _refund(client: httpx.Client, url: str) -> None:
    headers = {"Authorization": f"Bearer {MockWebflow().token}"}
    assert client.post(f"{url}/refund", headers=headers).status_code == 200


def test_a_refund_that_loses_what_it_pays_back_is_named_and_one_that_is_noted_is_not():
    (failure,) = _judged(ForgetsTheCharge(), _refund).failures
    assert failure.what == LEAVES
    assert "/stripeDetails/chargeId" in failure.message
    assert _judged(MockWebflow(), _refund).failures == []


class Dates(MockWebflow):
    """A second passes with each request; `told` says with which date a fulfillment is told."""

    told: Callable[[int, str], str]
    fulfilled = seconds = 0

    def handle(self, request: Request) -> Response:
        self.seconds += 1
        answer = super().handle(request)
        answer.headers["Date"] = formatdate(1774000000 + self.seconds, usegmt=True)
        if request.path.endswith("/fulfill"):
            order = json.loads(answer.body)
            order["fulfilledOn"] = self.told(self.fulfilled, order["fulfilledOn"])
            self.fulfilled += 1
            self.seed(self.site_id, order)
            answer = dataclasses.replace(answer, body=json.dumps(order).encode())
        return answer


def _fulfill_twice(client: httpx.Client, url: str) -> None:
    headers = {"Authorization": f"Bearer {MockWebflow().token}"}
    for action in ("unfulfill", "fulfill", "unfulfill", "fulfill"):
        client.post(f"{url}/{action}", headers=headers)


@pytest.mark.parametrize(
    ("told", "is_wrong"),
    [
        (lambda times, date: date, False),
        (lambda times, date: "2026-03-20T09:46:45.102Z", True),
        (lambda times, date: f"2026-03-20T09:46:{45 + times}.000Z", False),
        (lambda times, date: "2026-03-20T09:46:00.000Z", False),
    ],
    ids=["now", "the first", "in seconds", "in minutes"],
)
def test_what_is_done_again_is_dated_anew(told, is_wrong, monkeypatch):
    monkeypatch.setattr(Dates, "told", staticmethod(told), raising=False)
    found = [each.message for each in _judged(Dates(), _fulfill_twice).failures if each.what == DATED]
    assert found == (
        [f"order {ORDER} has the fulfilledOn that it had when this was done before"] if is_wrong else []
    )


class ShipsAtOnce(AcceptsAgain):
    """Another note changes with the comment that was sent."""

    besides: ClassVar = {"shippingProvider": "Pigeon"}


@pytest.mark.parametrize(
    ("mock", "ask", "check", "field"),
    [
        (RefusesYetRefunds, _refund_without_a_token, REFUSED, "refundedOn"),
        (CutsText, _comment, STORED, "comment"),
    ],
)
def test_what_is_not_as_it_was_answered_is_named_with_both_requests(mock, ask, check, field):
    (failure,) = _judged(mock(), ask).failures
    assert (failure.what, failure.times) == (check, 2)
    assert field in failure.message
    write, look = failure.curl[-2:]
    assert "-X P" in write
    assert look.endswith(f"/orders/{ORDER}")
    assert "-X" not in look


@pytest.mark.parametrize("mock", [AcceptsAgain, ShipsAtOnce])
def test_a_write_that_changes_more_than_it_is_for_is_named(mock):
    (failure,) = _judged(mock(), _comment).failures
    assert (failure.what, failure.times) == (LEAVES, 2)
    assert next(iter(mock.besides)) in failure.message


def test_of_the_writes_before_a_request_those_to_its_order_are_shown():
    mock = MockWebflow()
    with gateway_to(mock) as gateway:
        orders = f"/v2/sites/{mock.site_id}/orders"
        for order in (ORDER, "7c1-9fd", ORDER):
            gateway.request("PATCH", f"{orders}/{order}", b'{"comment": "packed"}')
        gateway.request("GET", f"{orders}/7c1-9fd")
        assert ["7c1-9fd" in each for each in gateway.curls()] == [True, True]
        gateway.request("GET", orders)
        assert len(gateway.curls()) == 4, "what is read of no order may be due to any"


@pytest.mark.parametrize(("ask", "check"), [(_refund_without_a_token, REFUSED), (_comment, STORED)])
def test_nothing_is_said_of_a_server_that_does_as_it_says(ask, check):
    validator = _judged(MockWebflow(), ask)
    assert validator.failures == []
    assert [by[check] for by in validator.counts.values() if check in by] == [[2, 0]]


class ListsWhatItWas(MockWebflow):
    """The list is kept, whatever is written."""

    kept: Response | None = None

    def handle(self, request: Request) -> Response:
        answer = super().handle(request)
        if request.path.endswith("/orders"):
            self.kept = self.kept or answer
            return self.kept
        return answer


@pytest.mark.parametrize("action", ["", "/fulfill"])
def test_a_list_that_is_behind_is_not_blamed_on_the_writes(action):
    mock, validator = ListsWhatItWas(), Validator(read())
    orders = f"/v2/sites/{mock.site_id}/orders"
    with gateway_to(mock, watchers=[OrderMemory(read(), validator)]) as gateway:
        for note in ("comment", "shippingTracking"):
            gateway.request("GET", orders)
            gateway.request("PATCH", f"{orders}/{ORDER}", json.dumps({note: "packed"}).encode())
            gateway.request("GET", orders)
            gateway.request("POST" if action else "PATCH", f"{orders}/{ORDER}{action}", b"[]")  # Refused.
    assert {each.what for each in validator.failures} == {AGREE}


@pytest.mark.parametrize(
    "how", [TimeoutError("timed out"), ConnectionResetError("reset"), IncompleteRead(b"")],
    ids=["silence", "the end of the connection", "half an answer"],
)  # fmt: skip
def test_what_a_write_has_done_that_was_never_answered_is_not_blamed(how, monkeypatch):
    mock, validator = MockWebflow(), Validator(read())
    one = f"/v2/sites/{mock.site_id}/orders/{ORDER}"
    asked = mute(monkeypatch, "/fulfill", how)
    with gateway_to(mock, watchers=[OrderMemory(read(), validator)]) as gateway:
        gateway.request("GET", one)
        with pytest.raises(NoAnswer):
            gateway.request("POST", f"{one}/fulfill")
        assert gateway.request("GET", one).json["status"] == "fulfilled"
        gateway.request("PATCH", one, b"[]")  # Refused.
    assert asked == ["POST"]
    assert validator.failures == []


def test_what_was_first_seen_after_a_write_is_not_expected_when_the_server_has_begun_again():
    mock, validator = MockWebflow(), Validator(read())
    one = f"/v2/sites/{mock.site_id}/orders/{ORDER}"
    old = f"/sites/{mock.site_id}/order/{ORDER}"
    with gateway_to(mock, watchers=[OrderMemory(read(), validator)], reset="/_mock/reset") as gateway:
        for _ in range(2):
            gateway.request("POST", f"{one}/fulfill")
            for path in (one, old):
                gateway.request("GET", path)
            gateway.start_over()
            for path in (one, old):
                gateway.request("GET", path)
            gateway.start_over()
    assert validator.failures == []


def test_who_counts_the_requests_is_left_alone():
    mock = CutsText()
    assert _judged(mock, _comment, counted=True).failures == []


def _read(mock: MockWebflow) -> Validator:
    """Every order of every read, twice."""
    validator = Validator(read())
    with gateway_to(mock, watchers=[validator, OrderMemory(read(), validator)]) as gateway:
        for _ in range(2):
            for path in (f"/v2/sites/{mock.site_id}/orders", f"/sites/{mock.site_id}/orders"):
                orders = json.loads(gateway.request("GET", path).content)
                for order in orders["orders"] if isinstance(orders, dict) else orders:
                    one = path if path.startswith("/v2") else path.removesuffix("s")
                    gateway.request("GET", f"{one}/{order['orderId']}")
    return validator


@pytest.mark.parametrize("dialect", ["observed", "documented"])
def test_both_versions_of_both_dialects_tell_the_same(dialect):
    validator = _read(MockWebflow(dialect=dialect))
    assert validator.failures == []
    assert validator.counts["list-orders-v1"][SAME_IN_V1] == [54, 0]
    assert validator.counts["get-order"][AGREE] == [54, 0]


def test_a_field_that_nobody_describes_may_change_by_itself():
    class TellsWhen(MockWebflow):
        asked_for = 0

        def handle(self, request: Request) -> Response:
            answer = super().handle(request)
            self.asked_for += 1
            order = json.loads(answer.body) if "/order" in request.path else {}
            if "orderId" not in order:
                return answer
            return dataclasses.replace(answer, body=json.dumps(order | {"asOf": self.asked_for}).encode())

    mock, validator = TellsWhen(), Validator(read())
    assert _read(mock).failures == []
    with gateway_to(mock, watchers=[OrderMemory(read(), validator)], reset="/_mock/reset") as gateway:
        gateway.request("GET", f"/v2/sites/{mock.site_id}/orders/{ORDER}")
        gateway.start_over()
        gateway.request("GET", f"/sites/{mock.site_id}/order/{ORDER}")
    assert validator.failures == []


@pytest.mark.parametrize(
    ("path", "change", "check", "field"),
    [
        ("/sites", {"customerInfo": {"fullName": "Somebody Else"}}, SAME_IN_V1, "/customerInfo/fullName"),
        ("/sites", {"stripeCard": {"brand": "Visa"}}, SAME_IN_V1, "/stripeCard/last4"),
        ("/sites", {"requiresShipping": False}, SAME_IN_V1, "/requiresShipping"),
        ("/v2", {"comment": "another"}, AGREE, "comment"),
        ("/sites", {"totals": None}, AGREE, "totals"),
    ],
)
def test_a_read_that_tells_otherwise_is_named(path, change, check, field):
    class Otherwise(MockWebflow):
        def handle(self, request: Request) -> Response:
            answer = super().handle(request)
            if not request.path.startswith(path) or not request.path.endswith(ORDER):
                return answer
            return dataclasses.replace(answer, body=json.dumps(json.loads(answer.body) | change).encode())

    failures = [each for each in _read(Otherwise()).failures if each.what == check]
    assert failures
    assert all(f"order {ORDER}" in each.message and field in each.message for each in failures)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_write_without_a_body_says_how_long_it_is(method):
    """Some that stand before a server refuse one that does not."""
    said = []

    class Heard(MockWebflow):
        def handle(self, request: Request) -> Response:
            said.append(dict(request.headers).get("content-length"))
            return super().handle(request)

    with gateway_to(Heard()) as gateway:
        gateway.request(method, f"/v2/sites/{gateway.server.site}/orders/{ORDER}")
    assert said == ["0"]
