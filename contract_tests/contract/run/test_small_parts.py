"""Do the parts that nobody sees do what the run relies on: the pace, the gate, the curl line, the spec?"""

from __future__ import annotations

import errno
import json
import re
import shlex
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from schemathesis.core.failures import Failure
from webflow_orders_contract import report
from webflow_orders_contract.description import read
from webflow_orders_contract.drive.driver import KINDS, Driver
from webflow_orders_contract.drive.scenario import READING
from webflow_orders_contract.fuzz import engine
from webflow_orders_contract.fuzz.hooks import Progress, described
from webflow_orders_contract.gateway.curl import curl
from webflow_orders_contract.gateway.exchange import Request, Server
from webflow_orders_contract.gateway.guard import PROBE, AllowList, Refused, allowed
from webflow_orders_contract.gateway.proxy import Gateway
from webflow_orders_contract.gateway.throttle import Throttle, Waiter
from webflow_orders_contract.plan import Plan
from webflow_orders_contract.settings import Settings, UsageError
from webflow_orders_mock import OPERATIONS, MockWebflow, Response

from contract_tests.contract.conftest import gateway_to

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
    pace = Throttle(1.2, clock=clock, sleep=clock.sleep)
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


def test_a_plan_says_that_a_shop_may_differ_from_what_it_was_rehearsed_with():
    settings = Settings(target=SHOP, site="580e63e98c9a982ac9b8b741", token=TOKEN)
    assert "About 72 requests, about 86 seconds." in Plan(settings, {"get-order": 72}, 0, 86.4).text()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "orders/dfa-3f1/fulfill"),
        ("PATCH", "orders/dfa-3f1"),
        ("OPTIONS", "orders"),
        ("HEAD", "orders"),
    ],
)
def test_a_closed_guard_lets_only_reads_through(method, path):
    AllowList().check(Request("GET", f"{SHOP}/v2/sites/s/orders"))
    with pytest.raises(Refused):
        AllowList().check(Request(method, f"{SHOP}/v2/sites/s/{path}"))


def test_the_guard_opens_for_the_named_order_and_the_named_action_alone():
    written = allowed("dfa-3f1", None)
    orders = f"{SHOP}/v2/sites/s/orders"
    written.check(Request("POST", f"{orders}/dfa-3f1/fulfill"))
    written.check(Request("PATCH", f"{orders}/dfa-3f1"))
    for method, path in (("POST", "dfa-3f1/refund"), ("PATCH", "7c1-9fd"), ("POST", "xdfa-3f1/fulfill")):
        with pytest.raises(Refused):
            written.check(Request(method, f"{orders}/{path}"))
    with pytest.raises(Refused):
        allowed(None, "dfa-3f1").check(Request("POST", f"{orders}/dfa-3f1/fulfill"))


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
        line = curl(Request("PATCH", url, list(headers.items()), body), {TOKEN: "$WEBFLOW_TOKEN"})
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


def test_nothing_but_reads_leaves_the_gateway_and_each_in_its_turn():
    clock, mock = Clock(), MockWebflow()
    throttle = Throttle(1.2, clock=clock, sleep=clock.sleep)
    with (
        gateway_to(mock, allow=AllowList(), throttle=throttle) as gateway,
        httpx.Client(trust_env=False) as client,
    ):
        url = f"{gateway.url}/v2/sites/{mock.site_id}/orders"
        for method, headers in (("POST", {}), ("GET", {PROBE: "Supports NULL byte in headers"})):
            with pytest.raises(httpx.RemoteProtocolError):
                client.request(method, url, headers=headers)
        assert client.get(url).status_code == 401
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(url)
        assert "does not accept the token" in gateway.breaker.reason
    assert ([entry.method for entry in mock.ledger], clock.sleeps) == (["GET"], [1.2])


def _busy(times: int) -> MockWebflow:
    class Busy(MockWebflow):
        def handle(self, request):
            answer = super().handle(request)
            return Response(429, {"Retry-After": "7"}, b"") if len(self.ledger) <= times else answer

    return Busy()


def test_a_server_that_has_had_too_many_requests_is_waited_for_and_not_for_ever():
    for times, status, waited in ((2, 200, [7.0, 7.0]), (9, 429, [7.0, 7.0])):
        clock, mock = Clock(), _busy(times)
        with gateway_to(mock, waiter=Waiter(20.0, sleep=clock.sleep)) as gateway:
            assert gateway.request("GET", f"/v2/sites/{mock.site_id}/orders").status == status
            assert ("not judged" in gateway.breaker.reason) == (status == 429)
        assert clock.sleeps == waited


def test_another_token_is_told_that_it_hurries():
    mock = _busy(9)
    with gateway_to(mock, waiter=Waiter(20.0, sleep=Clock().sleep)) as gateway:
        url = f"{gateway.url}/v2/sites/{mock.site_id}/orders"
        assert httpx.get(url, headers={"Authorization": "Bearer other"}, trust_env=False).status_code == 429
        assert not gateway.breaker.reason
    assert len(mock.ledger) == 1


def test_no_other_server_is_asked_by_way_of_the_gateway():
    mock = MockWebflow()
    with (
        gateway_to(mock) as gateway,
        httpx.Client(proxy=gateway.origin, trust_env=False) as client,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        client.get("http://elsewhere.example/v2/sites")
    assert len(mock.ledger) == 0


def test_what_passes_the_gateway_arrives_as_it_was_sent_and_comes_back_as_it_was_answered():
    mock = MockWebflow()
    with gateway_to(mock) as gateway, httpx.Client(trust_env=False) as client:
        url = f"{gateway.url}/v2/sites/{mock.site_id}/orders/dfa-3f1"
        headers = {"Authorization": f"Bearer {mock.token}"}
        text = "🦊" * 90_000
        assert client.patch(url, json={"comment": text}, headers=headers).json()["comment"] == text
        there = client.get(url, headers=headers)
        assert client.head(url, headers=headers).status_code == 405
        assert client.request("LOCK", url, headers=headers).status_code == 405
        assert client.get(f"{url}%2F?a=1&a=%20", headers=headers).status_code == 400
    assert there.json()["comment"] == text
    assert {"date", "x-ratelimit-limit", "content-type"} <= there.headers.keys()
    assert [entry.method for entry in mock.ledger] == ["PATCH", "GET", "HEAD", "LOCK", "GET"]
    assert mock.ledger[-1].path.endswith(("%2F", "/"))


def test_an_answer_that_is_cut_off_is_no_answer_and_the_next_one_is_whole():
    class Cut(BaseHTTPRequestHandler):
        cut = True

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{" if Cut.cut else b"{}")
            Cut.cut = False

        def log_message(self, *arguments: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Cut) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        with (
            Gateway(Server(base_url=url, site="s", token="t")) as gateway,
            httpx.Client(trust_env=False) as client,
        ):
            with pytest.raises(httpx.RemoteProtocolError):
                client.get(gateway.url)
            assert gateway.told() == "No answer."
            assert client.get(gateway.url).content == b"{}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("said", [None, "", '{"rows": {}'])
def test_a_schemathesis_that_could_not_say_what_it_found_has_broken_down(said, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", shutil.which("true"))
    if said is not None:
        (tmp_path / engine.TALLY).write_text(said)
    with gateway_to(MockWebflow()) as gateway, pytest.raises(engine.EngineError, match="status 0"):
        engine.run(gateway, read(), [], "", tmp_path, quiet=True)


def test_what_has_the_token_and_can_not_be_written_without_it_is_removed(monkeypatch, tmp_path):
    def full(path: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    shown, clean = tmp_path / "requests.har", tmp_path / "index.html"
    clean.write_text("nothing to hide")
    with gateway_to(MockWebflow(token="a-token-of-mine")) as gateway:
        for fails in (False, True):
            shown.write_text("Bearer a-token-of-mine")
            if fails:
                monkeypatch.setattr(Path, "write_bytes", full)
            report.scrub(tmp_path, gateway)
            assert shown.exists() is not fails
            assert fails or shown.read_text() == "Bearer $WEBFLOW_TOKEN"
    assert clean.exists()


def test_a_file_of_certificates_that_is_none_is_named_and_plain_http_needs_none(monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nowhere.pem"))
    secure = Server(base_url="https://127.0.0.1:9", site="s", token="t")
    with Gateway(secure, reset="https://127.0.0.1:9/reset") as gateway:
        for ask in (gateway.start_over, lambda: gateway.request("GET", "/")):
            with pytest.raises(UsageError, match=r"SSL_CERT_FILE is .*nowhere\.pem, which"):
                ask()
    with gateway_to(MockWebflow(), reset="/_mock/reset") as gateway:
        gateway.start_over()
        for kind in KINDS:
            assert [each.verdict for each in Driver(gateway).drive(kind, READING[:1], print)] == ["ok"]


def _violation(message: str) -> Failure:
    return Failure(operation="GET /x", title="Response violates schema", message=message)


def test_a_violation_is_told_with_its_value_only_where_nobody_lives():
    schema = "Schema at /components/schemas/CustomerInfo/properties/email:\n\n    {}"
    message = f'"Ottokar" is not a "email"\n\nValidated against 200.\n\n{schema}\n\nValue:\n\n    "Ottokar"'
    where = "at /components/schemas/CustomerInfo/properties/email"
    told = described(_violation(message), None, private=False)
    assert told == f'Response violates schema: "Ottokar" is not a "email", {where}'
    assert described(_violation(message), None, private=True) == f"Response violates schema: {where}"


def test_progress_has_a_bar_and_how_long_it_will_take(capsys):
    clock = Clock()
    progress = Progress(operations=2, clock=clock)
    for phase in ("examples", "coverage", "fuzzing"):
        for operation in ("get-order", "list-orders"):
            clock.now += 10
            progress.scenario(phase, operation, cases=3, failed=0)
    lines = capsys.readouterr().err.splitlines()
    assert "17%, about 50 s left" in lines[0]
    assert "50%, about 30 s left" in lines[2]
    assert lines[-1].endswith(f"{'#' * 20} 100%, about 0 s left")


def test_a_wrong_token_is_shown_as_it_was_and_the_right_one_nowhere():
    assert "Bearer wrong" in curl(Request("GET", SHOP, [("Authorization", "Bearer wrong")]), {TOKEN: "$T"})
    everywhere = Request("GET", f"{SHOP}/?quoted={TOKEN}", [("X", TOKEN)], TOKEN.encode())
    assert TOKEN not in curl(everywhere, {TOKEN: "$T"})
    assert shlex.split(curl(Request("GET", SHOP), {})) == ["curl", "-sS", "-i", SHOP]


def test_the_description_that_came_with_the_client_has_the_operations_that_the_mock_serves():
    mine = {each.id: (each.method, each.path) for each in read().operations}
    assert mine == {name: (each.method, each.path) for name, each in OPERATIONS.items()}
    scopes = {f"{resource}:{right}" for resource in ("ecommerce", "sites") for right in ("read", "write")}
    assert {each.scope for each in read().operations} == {*scopes, None}


def test_a_description_of_ones_own_may_be_json_or_yaml(tmp_path, root):
    copy = tmp_path / "copy.json"
    copy.write_text(json.dumps({"paths": {"/x": {"get": {"operationId": "x"}}}}))
    assert [(each.method, each.path) for each in read(copy).operations] == [("GET", "/x")]
    assert len(read(root / "openapi.yaml").operations) == len(OPERATIONS)


def test_what_is_no_description_is_a_usage_error(tmp_path):
    for name, text in (
        ("a.json", b"{"), ("b.yaml", b"a: [b"), ("c.yaml", b"just text"), ("d.yaml", "a: \xfc".encode("latin-1")),
        ("e.json", b"[" * 100_000), ("f.yaml", b"{}"), ("g.yaml", b"? [a]\n: b"),
    ):  # fmt: skip
        path = tmp_path / name
        path.write_bytes(text)
        with pytest.raises(UsageError):
            read(path)


LIST = "/v2/sites/{site_id}/orders"


@pytest.mark.parametrize(
    ("where", "value", "told"),
    [
        (("paths",), {}, "no operation"),
        (("paths", LIST), None, "~1orders: null is not"),
        (("paths", LIST, "get", "operationId"), ..., '"operationId" is a required'),
        (("paths", LIST, "get", "responses", "200"), "fine", "is not of type"),
        (("paths", LIST, "get", "responses", "200"), {"$ref": "#/components/responses/Nope"}, "leads nowhere"),
        (("paths", LIST, "get", "responses", "200"), {"$ref": "other.yaml#/responses/Page"}, "leads nowhere"),
        (("components", "schemas", "Order"), {"$ref": "#/components/schemas/Order"}, "leads nowhere"),
        (("components", "schemas", "Order", "properties"), None, "/components/schemas/Order: null is not"),
        (("components", "schemas", "Price", "properties", "unit", "pattern"), "([a-z", "no regular expression"),
        (("components", "parameters"), {}, "leads nowhere"),
        (("webhooks", "ecomm_new_order", "post", "requestBody"), ..., "requestBody"),
    ],
)  # fmt: skip
def test_a_description_that_no_run_can_follow_is_a_usage_error_that_says_where(
    where, value, told, spec, tmp_path
):
    *above, last = where
    node = spec
    for word in above:
        node = node[word]
    node[last] = value
    if value is ...:
        del node[last]
    path = tmp_path / "spec.json"
    path.write_text(json.dumps(spec))
    with pytest.raises(UsageError, match=re.escape(told)):
        read(path)


def test_a_status_may_be_a_number_and_null_may_be_said_as_in_3_0(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_text(
        "paths: {/x: {get: {operationId: x, responses: {200: {content: {application/json: {schema: "
        "{type: string, nullable: true, example: 2025-01-01}}}}}}}}"
    )
    (body,) = read(path).body("x", 200)
    assert body.schema["type"] == ["string", "null"]
    assert body.schema["example"] == "2025-01-01"
