"""Through a real reverse proxy: what nginx makes of an upstream that is gone, dies or is slow, and what is told."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from webflow_orders import OrdersClient, errors, outcome_of
from webflow_orders_mock import MockServer, MockWebflow

from contract_tests.client import failing
from contract_tests.client.failing import applied
from contract_tests.client.faulty import FaultyServer, Peer
from contract_tests.client.living import free_port

mock = failing.mock
NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")

CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log stderr notice;
events {{ }}
http {{
    error_log {folder}/errors; access_log off;
    client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
    uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://127.0.0.1:{upstream}; proxy_buffering {buffering}; proxy_read_timeout {timeout};
        }}
    }}
}}
"""
Start = Callable[..., str]


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Start]:
    """Start one before an upstream; its address."""
    started: list[subprocess.Popen[bytes]] = []

    def start(upstream: int, *, buffering: str = "on", timeout: str = "30s") -> str:
        assert NGINX is not None
        conf = tmp_path / "nginx.conf"
        command = [NGINX, "-p", str(tmp_path), "-e", "stderr", "-c", str(conf)]
        said: list[bytes] = []
        for _ in range(5):  # Somebody else may take a port that was free.
            port = free_port()
            conf.write_text(
                CONFIGURATION.format(
                    folder=tmp_path, port=port, upstream=upstream, buffering=buffering, timeout=timeout
                )
            )
            process = subprocess.Popen(command, stderr=subprocess.PIPE)
            started.append(process)
            assert process.stderr is not None
            for line in process.stderr:
                said.append(line)
                if b"event method" in line:  # It names one when it listens.
                    return f"http://127.0.0.1:{port}"
        raise AssertionError(b"".join(said).decode())

    yield start
    for process in started:
        process.terminate()
        process.communicate()


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


def client(mock: MockWebflow, url: str, **arguments: Any) -> OrdersClient:
    given = {
        "token": mock.token,
        "site_id": mock.site_id,
        "base_url": url,
        "rate_limit": None,
        "sleep": lambda _: None,
    }
    return OrdersClient(**(given | arguments))


@pytest.mark.parametrize("buffering", ["on", "off"])
def test_an_upstream_that_is_there(mock: MockWebflow, nginx: Start, buffering: str) -> None:
    with MockServer(mock) as server, client(mock, nginx(port_of(server.url), buffering=buffering)) as orders:
        assert not outcome_of(orders.refund("dfa-3f1")).confirmed_by_rereading
        assert orders.unsettled() == []
    assert applied(mock) == 1


@pytest.mark.parametrize("buffering", ["on", "off"])
def test_an_upstream_that_is_gone_and_comes_back(mock: MockWebflow, nginx: Start, buffering: str) -> None:
    port = free_port()
    with client(mock, nginx(port, buffering=buffering)) as orders:
        with pytest.raises(errors.OutcomeUnknownError):
            orders.refund("dfa-3f1")
        (write,) = orders.unsettled()
        assert write.ended == "ServerError 502"
        with MockServer(mock, port=port):
            assert [each.became for each in orders.settle()] == ["open"]
            assert not outcome_of(orders.refund("dfa-3f1")).confirmed_by_rereading
            assert orders.unsettled() == []
    assert applied(mock) == 1


def forward(mock: MockWebflow, then: Callable[[Peer], None]) -> Callable[[Peer], None]:
    """An upstream that carries a write out, and then does something else than answer."""

    def step(peer: Peer) -> None:
        peer.receive()
        with client(mock, "https://api.webflow.com", transport=mock.transport()) as orders:
            orders.refund("dfa-3f1")
        then(peer)

    return step


ANSWER = (
    b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{"orderId": "dfa-3f1"'
)


@pytest.mark.parametrize("buffering", ["on", "off"])
@pytest.mark.parametrize("half", [False, True])
def test_an_upstream_that_is_killed_after_it_carried_a_write_out(
    mock: MockWebflow, nginx: Start, buffering: str, half: bool
) -> None:
    def die(peer: Peer) -> None:
        if half:
            peer.send(ANSWER)
        peer.reset()

    with FaultyServer(forward(mock, die)) as upstream:
        url = nginx(port_of(upstream.url), buffering=buffering)
        with client(mock, url, confirm=False) as orders:
            with pytest.raises(errors.OutcomeUnknownError):
                orders.refund("dfa-3f1")
            (write,) = orders.unsettled()
            assert (write.operation, write.order_id) == ("refund-order", "dfa-3f1")
    assert applied(mock) == 1, "nginx sends no POST twice"


@pytest.mark.parametrize("buffering", ["on", "off"])
def test_a_slow_upstream_is_given_up_by_nginx_and_may_have_done_it(
    mock: MockWebflow, nginx: Start, buffering: str
) -> None:
    given_up = threading.Event()

    def wait(peer: Peer) -> None:
        try:
            peer.until_the_client_hangs_up()
        finally:
            given_up.set()

    with FaultyServer(forward(mock, wait)) as upstream:
        url = nginx(port_of(upstream.url), buffering=buffering, timeout="1s")
        with client(mock, url, confirm=False) as orders:
            with pytest.raises(errors.OutcomeUnknownError) as caught:
                orders.refund("dfa-3f1")
            assert isinstance(caught.value.cause, errors.ServerError)
            assert caught.value.status_code == 504
            assert given_up.wait(30)
            assert [write.ended for write in orders.unsettled()] == ["ServerError 504"]
    assert applied(mock) == 1
