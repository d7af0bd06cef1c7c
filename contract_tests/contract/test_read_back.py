"""Is an order read back after each write, and is it noticed what was refused and done, or done and not stored?"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

import httpx
import pytest
from webflow_orders_contract.description import read
from webflow_orders_contract.gateway.read_back import REFUSED, STORED, ReadBack
from webflow_orders_contract.gateway.validator import Validator
from webflow_orders_mock import MockWebflow, Request, Response

from contract_tests.contract.conftest import gateway_to

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
    watchers = [validator, ReadBack(read(), validator)]
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


@pytest.mark.parametrize(("ask", "check"), [(_refund_without_a_token, REFUSED), (_comment, STORED)])
def test_nothing_is_said_of_a_server_that_does_as_it_says(ask, check):
    validator = _judged(MockWebflow(), ask)
    assert validator.failures == []
    assert [by[check] for by in validator.counts.values() if check in by] == [[2, 0]]


def test_who_counts_the_requests_is_left_alone():
    mock = CutsText()
    assert _judged(mock, _comment, counted=True).failures == []
