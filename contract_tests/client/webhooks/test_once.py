"""A webhook is made once and removed for good, whatever goes wrong meanwhile."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from webflow_orders import errors
from webflow_orders_mock import MockWebflow

from contract_tests.client.conftest import SITE, answer
from contract_tests.client.webhooks.test_webhooks import URL, Client, made

FAULTS: dict[str, Any] = {
    **{str(status): answer(status, {"code": "x", "message": "x"}) for status in (408, 500, 502, 503, 504)},
    "303": httpx.Response(303, headers={"Location": "https://elsewhere.example"}),
    "a page of a proxy": httpx.Response(502, text="<h1>Bad gateway</h1>"),
    "200 with nothing": httpx.Response(200),
    "201 with half of it": httpx.Response(201, content=b'{"id": "66f0'),
    "cut off": httpx.ReadError("gone"),
    "too late": httpx.ReadTimeout("late"),
    "no HTTP": httpx.RemoteProtocolError("garbage"),
}
# What was certainly not done, and so is sent again.
REFUSED: dict[str, Any] = {
    "429": answer(429, {"code": "too_many_requests", "message": "x"}, Retry_After="0"),
    "no connection": httpx.ConnectError("refused"),
}


class Shop:
    """A server that keeps webhooks, and answers the first request of a method with a fault, carried out or not."""

    def __init__(self, method: str, fault: Any, *, applied: bool) -> None:
        self.mock, self.method, self.fault, self.applied = MockWebflow(), method, fault, applied
        self.mock.webhooks.create(SITE, "ecomm_new_order", URL)
        self.writes = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method != self.method:
            return self.pass_on(request)
        self.writes += 1
        if self.writes > 1:
            return self.pass_on(request)
        if self.applied:
            self.pass_on(request)
        if isinstance(self.fault, Exception):
            raise self.fault
        given: httpx.Response = self.fault
        return httpx.Response(given.status_code, headers=given.headers, content=given.content)

    def pass_on(self, request: httpx.Request) -> httpx.Response:
        request.headers["Authorization"] = f"Bearer {self.mock.token}"
        return self.mock.transport().handle_request(request)


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("name", FAULTS)
def test_a_creation_that_goes_wrong_is_done_once_or_unknown(
    connect: Client, name: str, applied: bool
) -> None:
    shop = Shop("POST", FAULTS[name], applied=applied)
    orders = connect(shop)
    before = made(shop.mock)
    if applied:
        assert orders.webhooks.create(URL, "ecomm_new_order").id not in before
    else:
        with pytest.raises(errors.OutcomeUnknownError) as unknown:
            orders.webhooks.create(URL, "ecomm_new_order")
        assert unknown.value.attempted == "make a webhook of ecomm_new_order"
    assert len(orders.unsettled()) == (not applied)
    assert shop.writes == 1
    assert len(made(shop.mock)) == 1 + applied


@pytest.mark.parametrize("name", REFUSED)
def test_a_creation_that_was_refused_is_sent_again(connect: Client, name: str) -> None:
    shop = Shop("POST", REFUSED[name], applied=False)
    assert connect(shop).webhooks.create(URL, "ecomm_new_order").secret_key
    assert shop.writes == len(made(shop.mock)) == 2


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("name", [*FAULTS, *REFUSED])
def test_a_removal_that_goes_wrong_is_done_unless_it_says_so(
    connect: Client, name: str, applied: bool
) -> None:
    shop = Shop("DELETE", {**FAULTS, **REFUSED}[name], applied=applied and name in FAULTS)
    orders, (hook,) = connect(shop), made(shop.mock)
    believed = name == "200 with nothing"  # That is how a removal is answered.
    # What was redirected is not sent elsewhere, nor again; nor is what was answered by what is no answer to it.
    doubted = name in ("303", "201 with half of it") and not applied
    if doubted:
        with pytest.raises(errors.OutcomeUnknownError):
            orders.webhooks.delete(hook)
    else:
        orders.webhooks.delete(hook)
    assert (made(shop.mock) == []) is not (doubted or (believed and not applied))
    assert len(orders.unsettled()) == doubted
