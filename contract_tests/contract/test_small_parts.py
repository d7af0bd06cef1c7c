"""Do the parts that nobody sees do what the run relies on: the pace, the gate, the curl line, the spec?"""

from __future__ import annotations

import json
import shlex
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise

import pytest
import requests
from schemathesis.core.failures import Failure
from webflow_orders_contract import spec, writes
from webflow_orders_contract.checks import EveryOperationReached
from webflow_orders_contract.curl import curl
from webflow_orders_contract.describe import described
from webflow_orders_contract.gate import Gate, Refused
from webflow_orders_contract.pace import Pace
from webflow_orders_contract.rules import Exchange
from webflow_orders_contract.settings import Settings, UsageError
from webflow_orders_contract.wire import PROBE, Wire, guard
from webflow_orders_mock import OPERATIONS

SHOP = "https://shop.example"
TOKEN = "a-token-0815"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.sleeps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(round(seconds, 6))
        self.now += seconds


def test_no_two_requests_are_closer_than_the_pace_and_the_first_waits_too():
    clock = Clock()
    pace = Pace(1.2, clock=clock, sleep=clock.sleep)
    sent = []
    for busy in (0.0, 0.5, 3.0, 0.0):
        pace.wait()
        sent.append(clock.now)
        clock.now += busy
    assert clock.sleeps == [1.2, 1.2, 0.7]
    assert all(later - earlier >= 1.2 - 1e-9 for earlier, later in pairwise(sent))


def test_the_default_pace_leaves_something_of_the_smallest_plan():
    settings = Settings(target=SHOP, site="580e63e98c9a982ac9b8b741", token=TOKEN)
    assert 60 / settings.interval < 60


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("POST", f"{SHOP}/v2/sites/s/orders/dfa-3f1/fulfill"),
        ("PATCH", f"{SHOP}/v2/sites/s/orders/dfa-3f1"),
        ("OPTIONS", f"{SHOP}/v2/sites/s/orders"),
        ("HEAD", f"{SHOP}/v2/sites/s/orders"),
        ("GET", "https://elsewhere.example/v2/sites/s/orders"),
        ("GET", "http://shop.example/v2/sites/s/orders"),
        ("GET", "https://shop.example:8443/v2/sites/s/orders"),
        ("GET", "https://shop.example@elsewhere.example/"),
    ],
)
def test_a_closed_gate_lets_only_reads_of_the_target_through(method, url):
    gate = Gate(SHOP)
    gate.check("GET", f"{SHOP}/v2/sites/s/orders")
    with pytest.raises(Refused):
        gate.check(method, url)


def test_the_gate_opens_for_the_named_order_and_the_named_action_alone():
    gate = Gate(SHOP, writes.allowed("dfa-3f1", None))
    orders = f"{SHOP}/v2/sites/s/orders"
    gate.check("POST", f"{orders}/dfa-3f1/fulfill")
    gate.check("PATCH", f"{orders}/dfa-3f1")
    for method, path in (("POST", "dfa-3f1/refund"), ("PATCH", "7c1-9fd"), ("POST", "xdfa-3f1/fulfill")):
        with pytest.raises(Refused):
            gate.check(method, f"{orders}/{path}")
    with pytest.raises(Refused):
        Gate(SHOP, writes.allowed(None, "dfa-3f1")).check("POST", f"{orders}/dfa-3f1/fulfill")


@pytest.mark.parametrize(
    "body",
    [
        b'{"comment": "it\'s"}',
        '{"comment": "🦊 𝒲"}'.encode(),
        b'{"a":"\\u0000 $HOME `id`"}',
        b"line\nbreak\ttab",
    ],
)
def test_the_curl_line_sends_what_was_sent_with_the_token_from_the_environment(body):
    received: dict[str, object] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_PATCH(self) -> None:
            received["headers"] = dict(self.headers)
            received["path"] = self.path
            received["body"] = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/x?a=1&b=%20"
        headers = {
            "Authorization": f"Bearer {TOKEN}",
            "Content-Type": "application/json",
            "X-Odd": "it's $HOME",
        }
        line = curl("PATCH", url, headers, body, TOKEN)
        assert TOKEN not in line
        environment = {"WEBFLOW_TOKEN": TOKEN, "PATH": "/usr/bin:/bin:/usr/local/bin", "NO_PROXY": "*"}
        done = subprocess.run(["bash", "-c", line], env=environment, capture_output=True, check=False)
        thread.join()
    assert done.returncode == 0, done.stderr
    assert received["body"] == body
    assert received["path"] == "/x?a=1&b=%20"
    sent = received["headers"]
    assert isinstance(sent, dict)
    assert (sent["Authorization"], sent["X-Odd"]) == (f"Bearer {TOKEN}", "it's $HOME")


def test_nothing_but_reads_leaves_the_process_that_fuzzes_and_each_in_its_turn(monkeypatch):
    left: list[str | None] = []

    def send(self, request, **_):
        left.append(request.method)
        answer = requests.Response()
        answer.status_code, answer.request = 204, request
        answer._content = b""
        return answer

    monkeypatch.setattr(requests.Session, "send", send)
    clock = Clock()
    guard(Wire(gate=Gate(SHOP), pace=Pace(1.2, clock=clock, sleep=clock.sleep)))
    session = requests.Session()
    for method, url, headers in (
        ("POST", SHOP, {}),
        ("GET", "https://elsewhere.example", {}),
        ("GET", SHOP, {PROBE: "Supports NULL byte in headers"}),
    ):
        with pytest.raises(requests.RequestException, match="Not sent"):
            session.send(requests.Request(method, url, headers=headers).prepare())
    session.send(requests.Request("GET", SHOP).prepare())
    assert (left, clock.sleeps) == (["GET"], [1.2])


def _violation(message: str) -> Failure:
    return Failure(operation="GET /x", title="Response violates schema", message=message)


def test_a_violation_is_told_with_its_value_only_where_nobody_lives():
    schema = "Schema at /components/schemas/CustomerInfo/properties/email:\n\n    {}"
    message = f'"Ottokar" is not a "email"\n\nValidated against 200.\n\n{schema}\n\nValue:\n\n    "Ottokar"'
    where = "at /components/schemas/CustomerInfo/properties/email"
    told = described(_violation(message), None, private=False)
    assert told == f'Response violates schema: "Ottokar" is not a "email", {where}'
    assert described(_violation(message), None, private=True) == f"Response violates schema: {where}"


def test_an_operation_counts_as_reached_with_its_first_2xx_and_not_before():
    check = EveryOperationReached(["a", "b"])
    with pytest.raises(AssertionError, match="a, b"):
        check.after_run(None)
    check.reached(Exchange(operation="a", status=201))
    check.reached(Exchange(operation="b", status=409))
    with pytest.raises(AssertionError, match=r"never answered 2xx: b$"):
        check.after_run(None)
    check.reached(Exchange(operation="b"))
    check.after_run(None)


def test_a_wrong_token_is_shown_as_it_was_and_the_right_one_nowhere():
    assert "Bearer wrong" in curl("GET", SHOP, {"Authorization": "Bearer wrong"}, None, TOKEN)
    assert TOKEN not in curl("GET", f"{SHOP}/?quoted={TOKEN}", {"X": TOKEN}, TOKEN, TOKEN)
    assert shlex.split(curl("GET", SHOP, {}, None, None)) == ["curl", "-sS", "-i", SHOP]


def test_the_description_that_came_with_the_client_has_the_operations_that_the_mock_serves():
    assert {each.id for each in spec.operations(spec.find(None))} == OPERATIONS.keys()


def test_a_description_of_ones_own_may_be_json_or_yaml(tmp_path, root):
    copy = tmp_path / "copy.json"
    copy.write_text(json.dumps({"paths": {"/x": {"get": {"operationId": "x"}}}}))
    assert [each.label for each in spec.operations(spec.find(copy))] == ["GET /x"]
    assert len(spec.operations(spec.find(root / "openapi.yaml"))) == len(OPERATIONS)


def test_what_is_no_description_is_a_usage_error(tmp_path):
    for name, text in (("a.json", "{"), ("b.yaml", "a: [b"), ("c.yaml", "just text")):
        path = tmp_path / name
        path.write_text(text)
        with pytest.raises(UsageError):
            spec.operations(path)
