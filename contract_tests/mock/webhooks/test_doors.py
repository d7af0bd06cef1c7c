"""Deliveries over the control paths, and over sockets, by a mock that listens."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from webflow_orders_mock import MockServer, MockWebflow, order
from webflow_orders_mock.webhooks.deliveries import Delivery
from webflow_orders_mock.webhooks.registry import NEW_ORDER, ORDER_CHANGED

from .inbox import SECRET, Inbox, Letter

PATIENCE = 30  # Seconds of real time, which only a failing test waits for.


@pytest.fixture
def control(mock: MockWebflow) -> httpx.Client:
    return httpx.Client(transport=mock.transport(), base_url="http://mock/_mock")


# ---------------------------------------------------------------- control


def test_an_order_is_placed_and_changed(control: httpx.Client, mock: MockWebflow, inbox: Inbox) -> None:
    orders = f"/sites/{mock.site_id}/orders"
    placed = control.post(f"/sites/{mock.site_id}/placed", json=order("abc-def", status="pending"))
    assert placed.json() == {"placed": 1, "orderId": "abc-def"}
    assert control.post(f"{orders}/abc-def", json={"action": "pay"}).json() == {"status": "unfulfilled"}
    refund = {"action": "refund", "reason": "duplicate", "comment": "by hand"}
    assert control.post(f"{orders}/abc-def", json=refund).json() == {"status": "refunded"}
    assert [letter.content["triggerType"] for letter in inbox.letters] == [
        NEW_ORDER,
        ORDER_CHANGED,
        ORDER_CHANGED,
    ]
    assert inbox.letters[-1].order["comment"] == "by hand"


def test_faults_time_deliveries_and_replays(control: httpx.Client, mock: MockWebflow, inbox: Inbox) -> None:
    queued = control.post("/webhooks/faults", json={"kind": "late", "seconds": 90, "trigger": ORDER_CHANGED})
    assert queued.json() == {"queued": 1}
    mock.act("fulfill", "dfa-3f1")
    mock.act("refund", "dfa-3f1")
    control.post("/clock", json={"forward": 90})
    assert [letter.order["status"] for letter in inbox.letters] == ["refunded", "fulfilled"]
    listed = control.get("/deliveries").json()["deliveries"]
    assert listed == [delivery.as_json() for delivery in mock.deliveries]
    assert [each["delivery"] for each in control.get("/deliveries?since=1").json()["deliveries"]] == [2]
    assert len(control.post("/deliveries/1/replay", json={}).json()["attempts"]) == 2
    assert control.post("/deliveries/1/replay", json={"attempt": 1}).json() == mock.deliveries[0].as_json()
    assert inbox.letters[1] == inbox.letters[3]
    assert [each["triggerType"] for each in control.get("/webhooks").json()["webhooks"]] == [
        NEW_ORDER,
        ORDER_CHANGED,
    ]


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("POST", "/webhooks/faults", {"kind": "explode"}, "kind must be one of"),
        ("POST", "/webhooks/faults", {"kind": "late", "speed": 1}, "unexpected keyword argument 'speed'"),
        ("POST", "/webhooks/faults", {"kind": ["late"]}, "kind must be one of"),
        ("POST", "/webhooks/faults", {}, "missing a required argument: 'kind'"),
        ("POST", "/deliveries/1/replay", {}, "there is no delivery 1"),
        ("POST", "/deliveries/x/replay", {}, "must be the number"),
        ("POST", f"/deliveries/{'9' * 5000}/replay", {}, "must be the number"),
        ("POST", "/deliveries/1/replay", {"number": 2}, "there is no delivery 1"),
        ("POST", "/deliveries/1/replay", {"speed": 2}, "unexpected keyword argument 'speed'"),
        ("GET", "/deliveries?since=x", None, "since must be the number"),
        ("POST", "/sites/SITE/placed", {"orderId": "dfa-3f1", "status": "pending"}, "there is an order"),
        ("POST", "/sites/SITE/placed", {"orderId": "abc-def", "status": 1}, "the spec of v2 does not allow"),
        (
            "POST",
            "/sites/none/placed",
            {"orderId": "abc-def", "status": "pending"},
            "there is no shop 'none'",
        ),
        ("POST", "/sites/SITE/orders/dfa-3f1", {"action": "pay"}, "unfulfilled does not pay"),
        ("POST", "/sites/SITE/orders/dfa-3f1", {"action": "unfulfill"}, "Cannot unfulfill"),
        ("POST", "/sites/SITE/orders/dfa-3f1", {"action": ["pay"]}, "action must be one of"),
        (
            "POST",
            "/sites/SITE/orders/dfa-3f1",
            {"action": "refund", "reason": ["x"]},
            "reason must be one of",
        ),
        ("POST", "/sites/SITE/orders/dfa-3f1", {"action": "update", "speed": 1}, "no field 'speed'"),
        ("POST", "/sites/SITE/orders/dfa-3f1", {}, "missing a required argument: 'action'"),
        ("POST", "/sites/SITE/orders/none", {"action": "pay"}, "there is no order 'none'"),
    ],
)
def test_what_makes_no_sense_is_a_400_with_a_sentence(
    method: str, path: str, body: Any, said: str, control: httpx.Client, mock: MockWebflow, inbox: Inbox
) -> None:
    answer = control.request(method, path.replace("SITE", mock.site_id), json=body)
    assert answer.status_code == 400
    assert said in answer.json()["error"]
    assert inbox.letters == []


# ---------------------------------------------------------------- sockets


class _Receiver:
    """A receiver on 127.0.0.1, whose answers wait until they are let go."""

    def __init__(self) -> None:
        self.letters: queue.Queue[Letter] = queue.Queue()
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.statuses: Iterator[int] = iter(())
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.letters.put(Letter({k.lower(): v for k, v in self.headers.items()}, body))
                receiver.may_answer.wait(PATIENCE)
                self.send_response(next(receiver.statuses, 200))
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.may_answer.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def receiver() -> Iterator[_Receiver]:
    receiver = _Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def ended(mock: MockWebflow) -> queue.Queue[Delivery]:
    """Deliveries that wait no more."""
    ended: queue.Queue[Delivery] = queue.Queue()
    mock.deliveries.listen(lambda delivery: ended.put(delivery) if delivery.due is None else None)
    return ended


def test_in_process_a_socket_is_posted_to_before_the_call_returns(
    mock: MockWebflow, receiver: _Receiver
) -> None:
    mock.webhooks.create(mock.site_id, ORDER_CHANGED, receiver.url, secret=SECRET)
    receiver.statuses = iter([302, 200])
    mock.act("fulfill", "dfa-3f1")
    assert mock.deliveries[0].attempts[0].outcome == "answered 302: redirects are not followed"
    mock.forward(600)
    assert mock.deliveries[0].ok
    first, second = receiver.letters.get_nowait(), receiver.letters.get_nowait()
    assert first.is_signed_rightly
    assert (second.body, second.headers["content-type"]) == (first.body, "application/json")
    mock.close()


def test_a_receiver_that_is_not_there_is_a_failure(mock: MockWebflow, receiver: _Receiver) -> None:
    receiver.close()
    mock.webhooks.create(mock.site_id, ORDER_CHANGED, receiver.url, secret=SECRET)
    mock.act("fulfill", "dfa-3f1")
    (attempt,) = mock.deliveries[0].attempts
    assert (attempt.status, attempt.outcome) == (None, "no connection (ConnectError)")
    mock.close()


def test_a_proxy_is_not_asked(
    mock: MockWebflow, receiver: _Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1/")
    mock.webhooks.create(mock.site_id, ORDER_CHANGED, receiver.url, secret=SECRET)
    mock.act("fulfill", "dfa-3f1")
    assert mock.deliveries[0].ok
    mock.close()


def test_a_slow_receiver_stalls_nobody(
    mock: MockWebflow, receiver: _Receiver, ended: queue.Queue[Delivery]
) -> None:
    receiver.may_answer.clear()
    mock.webhooks.create(mock.site_id, ORDER_CHANGED, receiver.url, secret=SECRET)
    headers = {"Authorization": f"Bearer {mock.token}"}
    with MockServer(mock) as server, httpx.Client(base_url=server.url, headers=headers) as client:
        orders = f"/v2/sites/{mock.site_id}/orders"
        assert client.post(f"{orders}/dfa-3f1/fulfill").status_code == 200
        first = receiver.letters.get(timeout=PATIENCE)
        # It is being told, and has not answered.
        assert client.post(f"{orders}/dfa-3f1/refund").json()["status"] == "refunded"
        assert client.post("/_mock/deliveries/1/replay", json={}).status_code == 200
        assert [each["state"] for each in client.get("/_mock/deliveries").json()["deliveries"]] == [
            "waiting"
        ] * 2
        receiver.may_answer.set()
        states = [ended.get(timeout=PATIENCE).state for _ in range(3)]
        assert states == ["delivered"] * 3
        assert first.is_signed_rightly
        statuses = [receiver.letters.get(timeout=PATIENCE).order["status"] for _ in range(2)]
        assert sorted(statuses) == ["fulfilled", "refunded"], "the replay, and the second change"


def test_a_mock_that_listens_retries_when_the_clock_is_put_forward(
    mock: MockWebflow, receiver: _Receiver, ended: queue.Queue[Delivery]
) -> None:
    mock.webhooks.create(mock.site_id, ORDER_CHANGED, receiver.url, secret=SECRET)
    receiver.statuses = iter([500] * 4)
    headers = {"Authorization": f"Bearer {mock.token}"}
    with MockServer(mock) as server, httpx.Client(base_url=server.url, headers=headers) as client:
        client.post(f"/v2/sites/{mock.site_id}/orders/dfa-3f1/fulfill")
        receiver.letters.get(timeout=PATIENCE)
        client.post("/_mock/clock", json={"forward": 3600})
        delivery = ended.get(timeout=PATIENCE)
        assert (delivery.state, len(delivery.attempts)) == ("failed", 4)
        assert [each["active"] for each in client.get("/_mock/webhooks").json()["webhooks"]] == [False]


def test_it_all_stops_with_the_mock(mock: MockWebflow, receiver: _Receiver) -> None:
    before = set(threading.enumerate())
    receiver.may_answer.clear()
    mock.webhooks.create(mock.site_id, ORDER_CHANGED, receiver.url, secret=SECRET)
    mock.webhooks.start()
    mock.act("fulfill", "dfa-3f1")
    receiver.letters.get(timeout=PATIENCE)
    mock.close()
    assert not [
        each for each in set(threading.enumerate()) - before if each.name.startswith("webflow-orders-mock")
    ]
    assert mock.deliveries[0].attempts[0].outcome == "the mock was stopped"
    assert mock.deliveries[0].state == "waiting"


def test_a_receiver_that_drips_is_given_up(mock: MockWebflow) -> None:
    """Each byte comes in time, and the answer does not."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        gone = threading.Event()

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                try:
                    while not gone.wait(0.001):
                        connection.sendall(b"x")
                except OSError:
                    return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        mock.webhooks.create(mock.site_id, ORDER_CHANGED, f"http://127.0.0.1:{listener.getsockname()[1]}/")
        mock.webhooks.time_limit = 0.1
        mock.act("fulfill", "dfa-3f1")
        gone.set()
        socket.create_connection(listener.getsockname()).close()  # If the mock did not even come to that.
        thread.join()
    assert mock.deliveries[0].attempts[0].outcome == "no answer within 0.1 s"
    mock.close()


@pytest.mark.parametrize(("anywhere", "state"), [(True, "delivered"), (False, "blocked")])
def test_a_mock_may_be_told_to_deliver_anywhere(anywhere: bool, state: str, receiver: _Receiver) -> None:
    """0.0.0.0 is no loopback address, though it leads here."""
    mock = MockWebflow(deliver_anywhere=anywhere)
    mock.webhooks.time_limit = PATIENCE
    mock.webhooks.create(mock.site_id, ORDER_CHANGED, receiver.url.replace("127.0.0.1", "0.0.0.0"))
    mock.act("fulfill", "dfa-3f1")
    assert mock.deliveries[0].state == state
    mock.close()


@pytest.mark.parametrize("has_thread", [False, True])
def test_many_who_change_orders_at_once(has_thread: bool, mock: MockWebflow, inbox: Inbox) -> None:
    """Each change is told once, whoever tells it."""
    if has_thread:
        mock.webhooks.start()
    order_ids = [order_id for site_id, order_id in mock.orders if site_id == mock.site_id][:8]

    def work(order_id: str) -> None:
        for number in range(20):
            mock.act("update", order_id, comment=str(number))

    threads = [threading.Thread(target=work, args=[order_id]) for order_id in order_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mock.webhooks.settle(PATIENCE)
    told = [(letter.order["orderId"], int(letter.order["comment"])) for letter in inbox.letters]
    assert sorted(told) == sorted((order_id, number) for order_id in order_ids for number in range(20))
    assert [number for order_id, number in told if order_id == order_ids[0]] == list(range(20))
    mock.close()


def test_settling_waits_for_what_is_due_and_no_longer(mock: MockWebflow, receiver: _Receiver) -> None:
    receiver.may_answer.clear()
    receiver.statuses = iter([500])
    mock.webhooks.create(mock.site_id, ORDER_CHANGED, receiver.url, secret=SECRET)
    mock.webhooks.start()
    mock.act("fulfill", "dfa-3f1")
    assert not mock.webhooks.settle(0)
    receiver.may_answer.set()
    assert mock.webhooks.settle(PATIENCE)
    assert mock.deliveries[0].state == "waiting", "for ten minutes"
    mock.forward(600)
    assert mock.webhooks.settle(PATIENCE)
    assert mock.deliveries[0].ok
    mock.close()
