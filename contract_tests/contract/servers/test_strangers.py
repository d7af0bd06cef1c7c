"""Is somebody's server judged as hard as our own? Servers that are wrong each in its own way, of which the run knows
nothing but that they can start over; a proxy before a healthy mock makes them so."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import re
import time
import unicodedata
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from webflow_orders_contract.description import read
from webflow_orders_contract.gateway.budget import BudgetMemory
from webflow_orders_contract.gateway.exchange import Server
from webflow_orders_contract.gateway.memory import OrderMemory
from webflow_orders_contract.gateway.throttle import Waiter
from webflow_orders_contract.gateway.validator import Validator
from webflow_orders_contract.model import examples, runner
from webflow_orders_contract.mutants.detectors import (
    NOTHING,
    ORDER,
    STRANGER,
    Bench,
    CountingMock,
    Detection,
    access_to,
    bench,
    bench_of,
    by_access,
    by_drive,
    by_model_of_any_server,
)
from webflow_orders_contract.webhooks import rounds
from webflow_orders_mock import MockServer, Request, Response

from contract_tests.client.writes.test_nginx import NGINX, nginx, port_of
from contract_tests.contract.conftest import gateway_to

__all__ = ["nginx"]
# HEALTHY=20 tries as many seeds, and all parts; without it one is tried, quickly.
PARTS = ORDER[STRANGER] if "HEALTHY" in os.environ else (by_access, by_drive, by_model_of_any_server)

Ask = Callable[[Request], Response]
Wrong = Callable[[Request, Ask], Response]


def _orders(change: Callable[[dict[str, Any]], object], *, only: str = "") -> Wrong:
    """Every order of every answer is changed; `only` at addresses that begin so."""

    def wrong(request: Request, ask: Ask) -> Response:
        answer = ask(request)
        if answer.status != 200 or not request.path.startswith(only):
            return answer
        body = json.loads(answer.body)
        page = body.get("orders", [body]) if isinstance(body, dict) else body
        for order in page:
            change(order)
        return dataclasses.replace(answer, body=json.dumps(body).encode())

    return wrong


def _without_shipping(order: dict[str, Any]) -> None:
    totals = order.get("totals") or {}
    if len(totals.get("extras", ())) > 1:
        totals["extras"].pop()


def _paid_in_full(order: dict[str, Any]) -> None:
    if order["status"] == "fulfilled" and order.get("netAmount"):
        order["netAmount"] = order["customerPaid"] | {"value": int(order["customerPaid"]["value"]) + 1}


def _in_local_time(order: dict[str, Any]) -> None:
    for key in ("fulfilledOn", "refundedOn"):
        if order.get(key):
            hour = int(order[key][11:13])
            order[key] = f"{order[key][:11]}{(hour + 2) % 24:02}{order[key][13:]}"


def _wrong_zone(order: dict[str, Any]) -> None:
    if order.get("acceptedOn"):
        order["acceptedOn"] = order["acceptedOn"].replace("Z", "+0000")


def _shifted(request: Request, ask: Ask) -> Response:
    answer = ask(request)
    if answer.status != 200 or not request.path.startswith("/sites") or not request.path.endswith("/orders"):
        return answer
    orders = json.loads(answer.body)
    for before, order in zip([*orders], orders[1:], strict=False):
        order["orderComment"] = str(before.get("orderComment")) + "."
    return dataclasses.replace(answer, body=json.dumps(orders).encode())


def _refused_yet_fulfilled(request: Request, ask: Ask) -> Response:
    answer = ask(request)
    if answer.status == 401 and request.path.endswith("/fulfill"):
        ask(dataclasses.replace(request, headers={"authorization": f"Bearer {CountingMock.token}"}, body=b""))
    return answer


def _another_method_writes(request: Request, ask: Ask) -> Response:
    answer = ask(request)
    if answer.status == 405 and request.method == "DELETE":
        token = {"authorization": f"Bearer {CountingMock.token}"}
        ask(
            dataclasses.replace(
                request, method="POST", path=f"{request.path}/refund", headers=token, body=b""
            )
        )
    return answer


def _composed(request: Request, ask: Ask) -> Response:
    if request.method != "PATCH":
        return ask(request)
    text = unicodedata.normalize("NFC", request.body.decode("utf-8", "replace"))
    return ask(dataclasses.replace(request, body=text.encode()))


def _trimmed(request: Request, ask: Ask) -> Response:
    body = re.sub(rb'": "\s+', b'": "', request.body) if request.method == "PATCH" else request.body
    return ask(dataclasses.replace(request, body=body))


def _remaining(change: Callable[[int, int], int]) -> Wrong:
    asked = 0

    def wrong(request: Request, ask: Ask) -> Response:
        nonlocal asked
        asked += 1
        answer = ask(request)
        known = answer.headers.get("X-RateLimit-Remaining")
        shown = {} if known is None else {"X-RateLimit-Remaining": str(change(int(known), asked))}
        return dataclasses.replace(answer, headers=answer.headers | shown)

    return wrong


def _on_path(pattern: str, status: int) -> Wrong:
    def wrong(request: Request, ask: Ask) -> Response:
        if re.search(pattern, request.path):
            return Response(status, {"Content-Type": "text/plain"}, b"")
        return ask(request)

    return wrong


def _capitals_write(request: Request, ask: Ask) -> Response:
    found = re.search("/orders/([^/]+)", request.path)
    if found and request.method != "GET":
        return ask(dataclasses.replace(request, path=request.path.replace(found[1], found[1].lower())))
    return ask(request)


def _status_in_any_case(request: Request, ask: Ask) -> Response:
    return ask(
        dataclasses.replace(request, query=re.sub("status=[A-Za-z]+", lambda s: s[0].lower(), request.query))
    )


def _last_page_again(request: Request, ask: Ask) -> Response:
    found = re.search("offset=([0-9]+)", request.query)
    if found and int(found[1]) > 26:
        return ask(dataclasses.replace(request, query=request.query.replace(found[0], "offset=26")))
    return ask(request)


def _key_twice(request: Request, ask: Ask) -> Response:
    answer = ask(request)
    if answer.status != 404:
        return answer
    return dataclasses.replace(answer, body=answer.body.replace(b"{", b'{"details": null, ', 1))


def _another_token(request: Request, ask: Ask) -> Response:
    known = f"Bearer {CountingMock.token}"
    if request.headers.get("authorization", "").startswith(known):
        return ask(dataclasses.replace(request, headers={**request.headers, "authorization": known}))
    return ask(request)


def _reason(order: dict[str, Any]) -> None:
    details = order.get("stripeDetails") or {}
    if details.get("refundReason") == "requested_by_customer":
        details["refundReason"] = "requested"


def _v1_errors_as_v2(request: Request, ask: Ask) -> Response:
    answer = ask(request)
    if answer.status != 404 or request.path.startswith("/v2"):
        return answer
    body = {"code": "resource_not_found", "message": "no", "externalReference": None, "details": []}
    return dataclasses.replace(answer, body=json.dumps(body).encode())


def _limit_is_capped(request: Request, ask: Ask) -> Response:
    answer = ask(request)
    if answer.status != 200 or not re.fullmatch(r"/v2/sites/\w+/orders", request.path):
        return answer
    body = json.loads(answer.body)
    return dataclasses.replace(answer, body=json.dumps(body | {"orders": body["orders"][:20]}).encode())


WRONG: dict[str, Wrong] = {
    "an extra is left out of the sum": _orders(_without_shipping),
    "more is kept than was paid": _orders(_paid_in_full),
    "v1 gives an order the comment of the one before it": _shifted,
    "dates in local time that claim to be in UTC": _orders(_in_local_time),
    "zones without a colon": _orders(_wrong_zone),
    "refused for want of a token, and fulfilled": _refused_yet_fulfilled,
    "another method is refused, and refunds": _another_method_writes,
    "the reason of a refund in other words": _orders(_reason),
    "text is composed": _composed,
    "text loses the spaces before it": _trimmed,
    "what remains never changes": _remaining(lambda known, asked: 999_000),
    "what remains is more at times": _remaining(lambda known, asked: known + (asked % 5 == 0) * 40),
    "a percent sign is too much": _on_path("%25", 500),
    "an order in capitals can be written to": _capitals_write,
    "a status in any case": _status_in_any_case,
    "behind the last page it comes again": _last_page_again,
    "a key twice in an error": _key_twice,
    "whatever begins with a token is one": _another_token,
    "an error of v1 in the words of v2": _v1_errors_as_v2,
    "twenty to a page, whatever was asked": _limit_is_capped,
}  # fmt: skip


def _judged(wrong: Wrong | None, seed: int | None = None) -> Detection:
    class Stranger(CountingMock):
        def handle(self, request: Request) -> Response:
            ask = super().handle
            return ask(request) if wrong is None or request.path.startswith("/_mock") else wrong(request, ask)

    with bench(mock=Stranger(), seed=seed) as at:
        return next((found for part in ORDER[STRANGER] if (found := part(at)) != NOTHING), NOTHING)


# What is asked by example that shows it; the others are noticed before anything is.
BY_EXAMPLE = {
    "refused for want of a token, and fulfilled": examples.tokens,
    "another method is refused, and refunds": examples.methods,
    "text is composed": examples.texts,
    "text loses the spaces before it": examples.texts,
    "a percent sign is too much": examples.addresses,
    "an order in capitals can be written to": examples.addresses,
    "a status in any case": examples.queries,
    "behind the last page it comes again": examples.queries,
}


@pytest.mark.parametrize("name", WRONG)
def test_a_server_that_nobody_here_knows_is_found_to_be_wrong(name, monkeypatch):
    monkeypatch.setattr(runner, "SEQUENCES", 1)
    monkeypatch.setattr(examples, "EXAMPLES", [BY_EXAMPLE[name]] if name in BY_EXAMPLE else [])
    assert _judged(WRONG[name]) != NOTHING


SEEDS = range(1, 1 + int(os.environ.get("HEALTHY", "1")))


@pytest.fixture
def quickly(monkeypatch):
    if "HEALTHY" not in os.environ:
        monkeypatch.setattr(runner, "SEQUENCES", 1)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("dialect", ["observed", "documented"])
def test_nothing_is_said_of_a_right_one(dialect, seed, quickly):
    with bench(mock=CountingMock(dialect=dialect), seed=seed) as at:
        assert [part(at) for part in PARTS] == [NOTHING] * len(PARTS)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_said_of_a_right_one_that_allows_sixty_requests_a_minute(
    seed, quickly, tmp_path, monkeypatch
):
    mock = CountingMock(plan="enterprise:60")
    validator, waited = Validator(read()), list[float]()

    def wait(seconds: float) -> None:
        waited.append(seconds)
        mock.forward(seconds)

    # Where a minute passes at once, it has to for whoever looks at the clock.
    monkeypatch.setattr(rounds, "time", SimpleNamespace(time=mock.now, perf_counter=time.perf_counter))
    memories = [BudgetMemory(read(), validator, mock.now), OrderMemory(read(), validator)]
    waiter = Waiter(math.inf, sleep=wait)
    with gateway_to(mock, reset="/_mock/reset", waiter=waiter, watchers=[validator, *memories]) as gateway:
        at = Bench(gateway, validator, seed, tmp_path, access_to(mock), lambda: mock.asked)
        assert [part(at) for part in PARTS] == [NOTHING] * len(PARTS)
    assert waited, "it was told to wait"
    assert validator.failures == []


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_said_of_a_right_one_behind_nginx(seed, quickly, nginx):
    mock = CountingMock()
    with MockServer(mock) as served:
        url = nginx(port_of(served.url))
        server = Server(base_url=url, site=mock.site_id, token=mock.token)
        told = access_to(mock)
        with bench_of(server, f"{served.url}/_mock/reset", told, seed, lambda: mock.asked) as at:
            assert [part(at) for part in PARTS] == [NOTHING] * len(PARTS)
