"""python -m webflow_orders_mock trigger: one delivery, and what its answer means."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from webflow_orders import webhooks
from webflow_orders_mock import trigger
from webflow_orders_mock.webhooks import dispatch

from .inbox import SECRET, Inbox


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None: ...


class _Served:
    """An application on 127.0.0.1, for as long as a test takes."""

    def __init__(self) -> None:
        self.app: webhooks.Receiver | Inbox = Inbox()
        self._server = make_server("127.0.0.1", 0, lambda *given: self.app(*given), handler_class=_Quiet)  # type: ignore[arg-type]
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Served]:
    """It has time, however slow the machine is."""
    monkeypatch.setattr(dispatch, "PATIENCE", 600)
    served = _Served()
    yield served
    served.close()


@pytest.mark.parametrize("event", trigger.EVENTS)
@pytest.mark.parametrize("order_id", ["abc-def", "dfa-3f1"])
def test_every_event_can_be_triggered(
    event: str, order_id: str, served: _Served, capsys: pytest.CaptureFixture[str]
) -> None:
    events: list[webhooks.Event] = []
    served.app = webhooks.Receiver(SECRET, events.append)
    code = trigger.main([event, order_id, "--to", served.url, "--secret", SECRET])
    if order_id == "dfa-3f1" and event in ("unfulfill", "pay", "win", "lose"):
        assert (code, events) == (2, [])
        assert "an order that is unfulfilled" in capsys.readouterr().err.lower()
        return
    (told,) = events
    assert isinstance(told, webhooks.NewOrder if event == "new" else webhooks.OrderChanged)
    assert told.order.order_id == order_id
    assert code == 0
    said = capsys.readouterr().out
    assert f"order {order_id} is {told.order.status} (signed)" in said
    assert said.endswith("Right: 200 alone is success for Webflow.\n")
    assert SECRET not in said


@pytest.mark.parametrize("kind", trigger.TO_REFUSE)
def test_a_receiver_that_refuses_what_is_no_delivery_is_right(
    kind: str, served: _Served, capsys: pytest.CaptureFixture[str]
) -> None:
    served.app = webhooks.Receiver(SECRET, print)
    assert trigger.main(["refund", "--to", served.url, "--secret", SECRET, "--fault", kind]) == 0
    assert "Right: this is no delivery of Webflow's, and it was refused." in capsys.readouterr().out


@pytest.mark.parametrize("kind", trigger.TO_REFUSE)
@pytest.mark.parametrize("status", [200, 204, 500])
def test_a_receiver_that_takes_it_or_breaks_is_wrong(
    kind: str, status: int, served: _Served, capsys: pytest.CaptureFixture[str]
) -> None:
    served.app = Inbox([status])
    assert trigger.main(["refund", "--to", served.url, "--secret", SECRET, "--fault", kind]) == 1
    assert "WRONG: it" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["bare", "other_trigger", "twice"])
def test_what_is_odd_and_genuine_is_to_be_taken(kind: str, served: _Served) -> None:
    served.app = webhooks.Receiver(SECRET, lambda event: None)
    assert trigger.main(["refund", "--to", served.url, "--secret", SECRET, "--fault", kind]) == 0
    served.app = Inbox([200, 400] if kind == "twice" else [400])
    assert trigger.main(["refund", "--to", served.url, "--secret", SECRET, "--fault", kind]) == 1


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (204, "WRONG: 204 loses the webhook, for 200 alone is success. Webflow posts it three more times"),
        (302, "WRONG: a redirect is a failure"),
        (
            400,
            "WRONG: it was refused, for it is not signed: give the receiver's secret by --secret or WEBFLOW_",
        ),
        (404, "WRONG: 404 says that there is no receiver at this URL"),
        (503, "WRONG: it failed."),
    ],
)
def test_what_an_answer_means(
    status: int, said: str, served: _Served, capsys: pytest.CaptureFixture[str]
) -> None:
    served.app = Inbox([status])
    assert trigger.main(["new", "--to", served.url]) == 1
    assert said in capsys.readouterr().out


def test_a_signed_one_that_is_refused(served: _Served, capsys: pytest.CaptureFixture[str]) -> None:
    served.app = Inbox([400])
    assert trigger.main(["new", "--to", served.url, "--secret", SECRET]) == 1
    assert "WRONG: it was refused. Is the secret the same" in capsys.readouterr().out


def test_a_receiver_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    assert trigger.main(["new", "--to", url]) == 1
    assert "no answer\nWRONG: no connection (ConnectError)." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://example.com/", "say --deliver-anywhere"),
        ("ftp://127.0.0.1/", "an http or https URL"),
        ("", "an http"),
    ],
)
def test_where_nothing_is_sent(url: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert trigger.main(["new", "--to", url]) == 2
    assert said in capsys.readouterr().err


def test_the_secret_may_come_from_the_environment(
    served: _Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served.app = inbox = Inbox()
    trigger.main(["changed", "--to", served.url])
    monkeypatch.setenv("WEBFLOW_WEBHOOK_SECRET", SECRET)
    trigger.main(["changed", "--to", served.url])
    assert "x-webflow-signature" not in inbox.letters[0].headers
    assert inbox.letters[1].is_signed_rightly
    assert [line[-11:] for line in capsys.readouterr().out.splitlines()[::3]] == [
        "not signed)",
        "ed (signed)",
    ]


def test_what_is_not_signed_cannot_be_signed_wrongly(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        trigger.main(["new", "--to", "http://127.0.0.1/", "--fault", "old_timestamp"])
    assert ended.value.code == 2
    assert "old_timestamp needs --secret" in capsys.readouterr().err


def test_it_is_a_command() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    command = [sys.executable, "-m", "webflow_orders_mock", "trigger", "refund", "dfa-3f1", "--to", url]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert f"POST {url}: ecomm_order_changed, order dfa-3f1 is refunded (not signed)" in ended.stdout
