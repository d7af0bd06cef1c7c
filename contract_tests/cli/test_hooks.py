"""Webhooks from the command line: made, listed, removed; and only what is signed is shown."""

from __future__ import annotations

import json
import socket
import stat
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from webflow_orders import webhooks
from webflow_orders_cli import hooks
from webflow_orders_mock import order

from contract_tests.cli.conftest import Shop
from contract_tests.cli.terminals import Terminal

SECRET = "5" * 64
URL = "https://shop.example.com/webflow"


def test_a_webhook_is_made_listed_and_removed(shop: Shop) -> None:
    made = json.loads(shop.run("webhooks", "create", URL, "--trigger", "ecomm_new_order", "--json").out)
    assert len(made["secretKey"]) == 64
    (listed,) = (json.loads(line) for line in shop.run("webhooks", "list", "--json").out.splitlines())
    assert (listed["id"], listed["url"], "secretKey" in listed) == (made["id"], URL, False)
    assert made["id"] in shop.run("webhooks", "list").out
    said = shop.run("webhooks", "delete", made["id"])
    assert (said.status, "--yes" in said.err) == (2, True)
    assert shop.run("webhooks", "delete", made["id"], "--yes").status == 0
    assert shop.run("webhooks", "list").out == ""


def test_a_secret_is_shown_once_or_written_for_its_owner_alone(shop: Shop, tmp_path: Path) -> None:
    said = shop.run("webhooks", "create", URL, "--trigger", "ecomm_new_order")
    assert "Keep the secret: it is not shown again." in said.err
    path = tmp_path / "secret"
    words = ("webhooks", "create", URL, "--trigger", "ecomm_order_changed", "--secret-file", str(path))
    said = shop.run(*words)
    secret = path.read_text()
    assert (said.status, len(secret), stat.S_IMODE(path.stat().st_mode)) == (0, 64, 0o600)
    assert secret not in said.out + said.err
    assert f"Its secret is in {path}." in said.err
    before = shop.run("webhooks", "list").out
    assert shop.run(*words).status == 2
    assert shop.run("webhooks", "list").out == before, "nothing was made whose secret could not be kept"


@pytest.fixture
def events() -> list[webhooks.Event]:
    return []


@pytest.fixture
def address(events: list[webhooks.Event]) -> Iterator[str]:
    with hooks.server(0, SECRET, events.append) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{listener.server_port}/"
        listener.shutdown()
        thread.join()


def post(address: str, payload: dict[str, Any], secret: str = SECRET) -> int:
    body = json.dumps({"triggerType": "ecomm_new_order", "payload": payload}).encode()
    headers = {"Content-Type": "application/json", **webhooks.sign(body, secret)}
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(Request(address, body, headers)) as answer:
            return int(answer.status)
    except HTTPError as error:
        with error:
            return error.code


def test_only_what_is_signed_is_shown_and_once(address: str, events: list[webhooks.Event]) -> None:
    assert post(address, order("dfa-3f1"), secret="6" * 64) == 400
    assert post(address, order("dfa-3f1")) == 200
    assert post(address, order("dfa-3f1")) == 200
    (event,) = events
    assert isinstance(event, webhooks.NewOrder)
    assert event.order.order_id == "dfa-3f1"


def test_an_event_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    evil = {**order("dfa-3f1"), "status": "\x1b[2J[red]"}
    body = json.dumps({"triggerType": "ecomm_new_order", "payload": evil}).encode()
    event = webhooks.unwrap(body, webhooks.sign(body, SECRET), SECRET)
    hooks.show(event)
    assert capsys.readouterr().out.split() == ["ecomm_new_order", "dfa-3f1", "[2J[red]", "59.00", "USD"]
    hooks.show_json(event)
    line = capsys.readouterr().out
    assert line.isascii()
    assert json.loads(line)["payload"]["orderId"] == "dfa-3f1"


def test_a_listener_needs_a_secret_and_ends_with_ctrl_c(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEBFLOW_WEBHOOK_SECRET", raising=False)
    said = shop.run("webhooks", "listen")
    assert (said.status, "WEBFLOW_WEBHOOK_SECRET" in said.err) == (2, True)
    with Terminal("webhooks", "listen", "--port", "0", WEBFLOW_WEBHOOK_SECRET=SECRET) as terminal:
        shown = terminal.until("until Ctrl-C.")
        assert post(shown.partition("Listening on ")[2].partition(" ")[0], order("dfa-3f1")) == 200
        terminal.until("dfa-3f1")
        terminal.interrupt()
        assert terminal.end() == 0
    assert "Stopped." in terminal.text
    assert SECRET not in terminal.raw


@pytest.mark.parametrize(
    "sent", [b"", b"POST / HTTP/1.0\r\nContent-Le", b"POST / HTTP/1.0\r\nContent-Length: 50\r\n\r\n{}"]
)
def test_one_who_goes_in_the_middle_is_no_traceback(capsys: pytest.CaptureFixture[str], sent: bytes) -> None:
    with hooks.server(0, SECRET, print) as listener, socket.create_server(("127.0.0.1", 0)) as door:
        with socket.create_connection(door.getsockname()) as poster:
            request, came_from = door.accept()
            poster.sendall(sent)
            # So that it is not closed but reset.
            poster.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        listener.process_request_thread(request, came_from)
    assert capsys.readouterr().err == ""


def test_it_ends_when_nobody_reads_what_it_shows() -> None:
    def show(event: webhooks.Event) -> None:
        raise BrokenPipeError

    with hooks.server(0, SECRET, show) as listener:
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        assert post(f"http://127.0.0.1:{listener.server_port}/", order("dfa-3f1")) == 500
        thread.join()
        assert isinstance(listener.unshown, BrokenPipeError)


def test_what_is_about_no_order_is_shown_too(capsys: pytest.CaptureFixture[str]) -> None:
    body = json.dumps({"triggerType": "form_submission", "payload": {}}).encode()
    hooks.show(webhooks.unwrap(body, webhooks.sign(body, SECRET), SECRET))
    assert capsys.readouterr().out.split() == ["form_submission", "not", "about", "an", "order"]


def test_the_payload_of_what_is_about_no_order_is_a_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    said = {"triggerType": "ecomm_inventory_changed", "payload": {"id": "5", "quantity": 7}}
    body = json.dumps(said).encode()
    hooks.show_json(webhooks.unwrap(body, webhooks.sign(body, SECRET), SECRET))
    assert json.loads(capsys.readouterr().out) == said


@pytest.mark.parametrize("text", [f"\ufeff{SECRET}\r\n", f" {SECRET}\n", SECRET])
def test_a_secret_may_be_in_a_file_of_any_editor(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch, shop: Shop
) -> None:
    given: list[str] = []

    def refuse(port: int, secret: str, shown: Any) -> Any:
        given.append(secret)
        raise OSError(98, "taken")

    monkeypatch.setattr(hooks, "server", refuse)
    (tmp_path / "secret").write_bytes(text.encode())
    shop.run("webhooks", "listen", "--secret-file", str(tmp_path / "secret"))
    assert given == [SECRET]


def test_a_file_that_holds_no_secret_is_named(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(SECRET.encode("utf-16"))
    said = shop.run("webhooks", "listen", "--secret-file", str(tmp_path / "secret"))
    assert (said.status, said.err) == (2, f"{tmp_path / 'secret'} is not UTF-8.\n")


def test_a_port_that_cannot_be_had_is_named(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBFLOW_WEBHOOK_SECRET", SECRET)
    for port in ("-1", "65536"):
        assert shop.run("webhooks", "listen", f"--port={port}").status == 2
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = shop.run("webhooks", "listen", "--port", port)
    assert (said.status, f"Port {port} cannot be had: " in said.err) == (1, True)
