"""Can a run against somebody's shop send more than it may, or tell what it may not? The mock's ledger knows."""

from __future__ import annotations

import dataclasses
import gzip
import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from webflow_orders_contract.description import kind, read as described
from webflow_orders_contract.drift.proposal import drift_of
from webflow_orders_contract.fuzz import profiles
from webflow_orders_contract.gateway.exchange import Answer, Request as Sent, Server
from webflow_orders_contract.gateway.guard import AllowList, CircuitBreaker, Refused
from webflow_orders_contract.gateway.proxy import Gateway
from webflow_orders_contract.gateway.redact import Redactor
from webflow_orders_contract.gateway.throttle import Throttle
from webflow_orders_contract.settings import Settings, UsageError
from webflow_orders_mock import MockServer, MockWebflow, Request, Response

from contract_tests.contract.conftest import gateway_to

SHOP, SITE, TOKEN = "https://shop.example", "580e63e98c9a982ac9b8b741", "a-token-0815"
GET_ORDER = ("GET", f"{SHOP}/v2/sites/{SITE}/orders/dfa-3f1", 200)
# The marks of a customer: in every text that is a customer's, and in places where nothing is expected.
CANARY = "canary"


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def _settings(**changes: Any) -> Settings:
    return Settings(**({"target": SHOP, "site": SITE, "token": TOKEN} | changes))


def _paced(throttle: Throttle, clock: Clock, count: int) -> list[float]:
    at = []
    for _ in range(count):
        throttle.wait()
        at.append(clock.now)
    return at


@pytest.mark.parametrize(("per_minute", "reserve"), [(60, 10), (60, 0), (60, 59), (20, 5)])
def test_no_minute_has_more_requests_than_the_limit_without_the_reserve(per_minute, reserve):
    settings, clock = _settings(requests_per_minute=per_minute, reserve=reserve), Clock()
    at = _paced(Throttle(settings.interval, reserve=reserve, clock=clock, sleep=clock.sleep), clock, 200)
    busiest = max(sum(start <= moment < start + 60 - 1e-6 for moment in at) for start in at)
    assert busiest <= per_minute - reserve


def test_something_is_left_to_the_shop_unless_the_operator_says_otherwise():
    assert _settings().reserve > 0
    with pytest.raises(UsageError, match="at most 60"):
        _settings(requests_per_minute=61)


@pytest.mark.parametrize(
    ("status", "headers", "pause"),
    [
        (429, {"retry-after": "7"}, 7),
        (429, {}, 60),
        (429, {"retry-after": "99999999"}, 600),
        (200, {"x-ratelimit-remaining": "10"}, 60),
        (200, {"x-ratelimit-remaining": "11"}, 1),
        (200, {}, 1),
    ],
)
def test_the_throttle_gives_way_when_the_shop_needs_its_requests(status, headers, pause):
    clock = Clock()
    held = Throttle(1.0, reserve=10, clock=clock, sleep=clock.sleep)
    held.wait()
    before = clock.now
    held.heard(Answer(status, headers=list(headers.items())))
    held.wait()
    assert clock.now - before == pause


def _aim(**changes: Any) -> profiles.Aim:
    known = {"orders": ["dfa-3f1"], "operations": [], "report": Path("r")}
    return profiles.Aim(**(known | {"seed": None, "max_examples": 1} | changes))


def test_garbage_is_sent_only_if_the_operator_allows_it():
    for allowed, mode in ((False, "positive"), (True, "all")):
        with Gateway(Server(base_url=SHOP, site=SITE, token=TOKEN)) as gateway:
            config = tomllib.loads(profiles.live(_aim(invalid=allowed), gateway))
            assert config["base-url"] == gateway.url, "and never the shop's own"
        phases = config["phases"]
        assert {phases[name]["generation"]["mode"] for name in ("coverage", "fuzzing")} == {mode}
        assert phases["coverage"]["unexpected-methods"] == []
        assert not phases["stateful"]["enabled"]


# ---------------------------------------------------------------- the whole run


def _poisoned(answer: Response, request: Request) -> Response:
    """The same answer with a canary in every text that is not an id, a status or a date, and in odd places."""
    if not request.path.startswith(("/v2/", "/sites/")):
        return answer
    body = json.dumps(_marked(json.loads(answer.body))).encode()
    headers = answer.headers | {"X-Trace": f"{CANARY}@example.com", "Set-Cookie": f"name={CANARY}"}
    return dataclasses.replace(answer, headers=headers, body=body)


KEEP = (
    "orderId",
    "status",
    "unit",
    "code",
    "type",
    "productId",
    "variantId",
    "brand",
    "japanType",
    "disputeLastStatus",
    "country",
    # Of an error of v1, which says again what was asked.
    "path",
)


def _marked(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        marked = {name: _marked(child, name) for name, child in value.items()}
        if "msg" in value:
            # What an error of v1 calls itself is a word of an open list, as a code is.
            marked |= {"name": value["name"], "err": f"{value['name']}: {marked['msg']}"}
        return marked | ({"stranger": CANARY, f"{CANARY} of a key": 1} if "orderId" in value else {})
    if isinstance(value, list):
        return [_marked(child, key) for child in value]
    if not isinstance(value, str) or key in KEEP or key.endswith("On") or not value:
        return value
    if key == "last4":
        return "8642"
    if key == "email":
        return f"{CANARY}@{CANARY}.example"
    return f"https://{CANARY}.example/{CANARY}" if key == "url" else CANARY


@pytest.fixture
def poisoned_shop(secret_token):
    class Poisoned(MockWebflow):
        def handle(self, request: Request) -> Response:
            answer = super().handle(request)
            return _poisoned(answer, request)

    with MockServer(Poisoned(token=secret_token)) as server:
        yield server


def test_a_live_run_sends_the_planned_gets_alone_and_nothing_of_a_customer_is_anywhere(run, poisoned_shop):
    target = ("--target", poisoned_shop.url, "--site", poisoned_shop.mock.site_id, "--per-minute", "6000")
    words = (*target, "--profile", "live", "--reserve", "100", "--max-examples", "1")
    planned, ledger = run(*words, "--plan"), poisoned_shop.mock.ledger
    assert (planned.status, len(ledger)) == (0, 0)
    result = run(*words)
    assert result.status == 0, result.out
    for operation, count in Counter(entry.operation_id for entry in ledger).items():
        assert re.search(rf" {operation} +{count}\n", planned.out), planned.out
    assert f"{len(ledger)} requests" in planned.out
    assert {entry.method for entry in ledger} == {"GET"}
    assert len(ledger) > 40
    written = dict(result.everything_written())
    assert {"requests.har", "junit.xml", "summary.json", "index.html", "schemathesis.log"} <= written.keys()
    told = [name for name, content in written.items() if CANARY.encode() in content.lower()]
    assert told == []
    # No harder than it may: 5900 a minute over the whole run, on the server's own clock.
    least = 0.95 * (len(ledger) - 1) * 60 / 5900
    assert ledger[-1].at - ledger[0].at >= least


def test_what_was_found_is_told_of_a_shop_that_turns_the_token_away(run, secret_token):
    class Turning(MockWebflow):
        def handle(self, request: Request) -> Response:
            nobody = {**request.headers, "authorization": "Bearer nobody"}
            return super().handle(
                dataclasses.replace(request, headers=nobody) if len(self.ledger) >= 30 else request
            )

    for defect, status in ((None, 2), ("status-is-missing", 1)):
        with MockServer(Turning(token=secret_token, defect=defect)) as server:
            target = ("--target", server.url, "--site", server.mock.site_id, "--per-minute", "6000")
            result = run(*target, "--profile", "live", "--reserve", "100", "--max-examples", "1")
        assert result.status == status, result.out
        assert "answered 401 to GET" in result.out + result.err
        assert len(server.mock.ledger) == 31, "whoever is told no asks no more"
    assert "Not judged: what was to come after: 127.0.0.1" in result.out
    assert '"status" is a required property' in result.out


def test_what_is_wrong_with_a_live_server_is_told_without_the_value_and_is_in_the_drift(run, secret_token):
    class Wrong(MockWebflow):
        def handle(self, request: Request) -> Response:
            answer = super().handle(request)
            wrong = re.sub(rb'"email": ?"[^"]*"', b'"email": "canary without at"', answer.body)
            return dataclasses.replace(answer, body=wrong)

    with MockServer(Wrong(token=secret_token)) as server:
        target = ("--target", server.url, "--site", server.mock.site_id, "--per-minute", "30000")
        result = run(*target, "--no-v1")
    assert result.status == 1
    assert "customerInfo" in result.out
    found = drift_of(result.report / "recording.ndjson", described())
    told = {(each.kind, each.pointer.rpartition("/")[2]) for each in found.drifted}
    assert told == {("wrong format", "email")}
    assert "wrong format" in (result.report / "index.html").read_text()
    assert [name for name, content in result.everything_written() if b"canary" in content] == []


def test_the_first_refusal_stops_the_run_with_a_plain_sentence(run, secret_token):
    status = 403

    class Revoked(MockWebflow):
        def handle(self, request: Request) -> Response:
            answer = super().handle(request)
            refused = len(self.ledger) > 12
            body = json.dumps({"code": "forbidden", "message": CANARY}).encode()
            return dataclasses.replace(answer, status=status, body=body) if refused else answer

    with MockServer(Revoked(token=secret_token)) as server:
        target = ("--target", server.url, "--site", server.mock.site_id, "--per-minute", "30000")
        result = run(*target, "--no-v1")
        assert len(server.mock.ledger) == 13, "one refusal is enough"
    assert result.status == 2
    assert f"answered {status} to GET /v2/sites/" in result.err
    assert "Traceback" not in result.err
    assert [name for name, content in result.everything_written() if CANARY.encode() in content] == []


def test_a_refusal_of_the_drive_closes_the_line_for_both_clients():
    mock = MockWebflow()
    with gateway_to(mock, allow=AllowList()) as gateway:
        gateway.breaker.heard(Sent("GET", f"{SHOP}/v2/sites/{SITE}/orders"), Answer(403))
        with pytest.raises(Refused, match="403"):
            gateway.request("GET", f"/v2/sites/{SITE}/orders")
    assert len(mock.ledger) == 0


def test_a_plan_of_the_mock_profile_counts_every_part_and_says_that_it_may_differ(run):
    planned = run("--plan", "--max-examples", "1", "--no-v1")
    assert planned.status == 0
    assert re.search(r"About \d{3,4} requests, about [\d.]+ (seconds|minutes)", planned.out)
    assert "list-orders " in planned.out
    assert "-v1" not in planned.out, "it is left out of every part"
    assert re.search(r"to none of them +\d+", planned.out)


# ---------------------------------------------------------------- the parts that make it so


def _shown(body: Any, request: tuple[str, str, int] = GET_ORDER) -> Any:
    # By a key that is always the same, or a placeholder would have the digits of a card, once in a hundred times.
    return json.loads(Redactor(described(), key=b"key").body(*request, json.dumps(body).encode()))


def test_a_redacted_order_has_its_ids_status_dates_and_amounts_and_nothing_else(examples):
    order = examples["Order"] | {"unheard": "of", "jane@example.com": {"a": [1, True]}}
    shown = _shown(order)
    for name in ("orderId", "status", "acceptedOn", "fulfilledOn", "refundedOn"):
        assert shown[name] == order[name]
    assert shown["customerPaid"]["value"] == order["customerPaid"]["value"]
    text = json.dumps(shown)
    for secret in (
        "Quandt",
        "Springfield",
        "97477",
        "example.com",
        "0042",
        "2031",
        "ch_1",
        "555 0100",
        'of"',
        "jane",
    ):
        assert secret not in text


def test_a_placeholder_has_the_type_of_what_it_stands_for(examples):
    for name in ("Order", "DigitalOrder"):
        before, after = examples[name], _shown(examples[name])
        assert _types(before) == _types(after)


def _types(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _types(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_types(child) for child in value]
    return kind(value).split(":")[0]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("customerInfo", "email"), "no address"),
        (("acceptedOn",), "yesterday"),
        (("status",), "Wilhelmina Quandt"),
        (("status",), 7),
        (("comment",), 7),
        (("customerPaid", "value"), "4242 4242 4242 4242"),
        (("orderId",), "Wilhelmina Quandt, 12 Example Road"),
        (("billingAddress", "city"), ["a"]),
    ],
)
def test_what_is_wrong_stays_wrong_but_is_not_shown(examples, path, value):
    order = examples["Order"]
    node = order
    for name in path[:-1]:
        node = node[name]
    node[path[-1]] = value
    shown = _shown(order)
    places = described().body("get-order", 200)
    was, now = order, shown
    for name in path:
        places, was, now = described().child(places, name), was[name], now[name]
    assert described().fits(places, now) == described().fits(places, was)
    if isinstance(value, str):
        assert value not in json.dumps(shown)


def test_equal_texts_become_equal_and_others_do_not():
    shown = _shown(
        {"orderId": "a", "status": "pending", "comment": "x", "orderComment": "x", "shippingProvider": "y"}
    )
    assert shown["comment"] == shown["orderComment"] != shown["shippingProvider"]


def test_only_headers_of_the_protocol_keep_their_values_and_only_if_they_look_so():
    sent = [
        ("Content-Type", "application/json; charset=utf-8"), ("X-RateLimit-Remaining", "59"), ("Retry-After", "Jane"),
        ("Location", "https://x/?email=jane"), ("Set-Cookie", "jane"), ("Date", "Fri, 21 Nov 2025 10:00:00 GMT"),
    ]  # fmt: skip
    shown = dict(Redactor(described()).headers(sent))
    assert shown == {
        "Content-Type": "application/json; charset=utf-8", "X-RateLimit-Remaining": "59", "Retry-After": "redacted",
        "Location": "redacted", "Date": "Fri, 21 Nov 2025 10:00:00 GMT",
    }  # fmt: skip


def test_a_body_that_is_no_json_and_a_path_that_is_no_operation_show_nothing():
    redactor = Redactor(described())
    assert redactor.body(*GET_ORDER, b"<html>Jane</html>") == b"redacted"
    assert b"Jane" not in redactor.body("GET", f"{SHOP}/elsewhere", 200, b'{"orderId": "Jane"}')
    assert redactor.body(*GET_ORDER, b"") == b""


def test_whoever_asks_by_the_gateway_never_holds_the_answer_that_came(secret_token):
    class Compressed(MockWebflow):
        def handle(self, request: Request) -> Response:
            answer = _poisoned(super().handle(request), request)
            headers = answer.headers | {"Content-Encoding": "gzip"}
            return dataclasses.replace(answer, headers=headers, body=gzip.compress(answer.body))

    with gateway_to(
        Compressed(token=secret_token), allow=AllowList(), redactor=Redactor(described())
    ) as gateway:
        headers = {"Authorization": f"Bearer {secret_token}"}
        answer = httpx.get(f"{gateway.url}/v2/sites/{SITE}/orders", headers=headers, trust_env=False)
        assert len(answer.json()["orders"]) == 27
        for told in (answer.text, str(answer.headers), gateway.told()):
            assert CANARY not in told
        whole = gateway.request("GET", f"/v2/sites/{SITE}/orders", raw=True)
    assert CANARY.encode() in whole.decoded, "but whoever must put an order back does"


def test_a_breaker_knows_a_refusal_from_another_failure():
    breaker, sent = CircuitBreaker(), Sent("GET", SHOP)
    for status in (200, 400, 404, 409, 429, 500):
        breaker.heard(sent, Answer(status))
    breaker.check()
    breaker.heard(sent, Answer(403))
    with pytest.raises(Refused):
        breaker.check()
