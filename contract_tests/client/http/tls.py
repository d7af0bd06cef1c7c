"""A server over TLS that is met behind a proxy; and proxies that make no way there."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme

from contract_tests.client.faulty import FaultyServer, Peer

HOST = "shop.example"


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def identity(
    authority: trustme.CA, tmp_path: Path, no_proxies: None, monkeypatch: pytest.MonkeyPatch
) -> ssl.SSLContext:
    """Who `shop.example` is, and that clients trust it."""
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    return context


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def way_to(server: FaultyServer, identity: ssl.SSLContext) -> Callable[[Peer], None]:
    """A step of a proxy: makes the way to `shop.example`, which is this server behind TLS."""

    def step(peer: Peer) -> None:
        request = peer.receive()
        assert (request.method, request.target) == ("CONNECT", f"{HOST}:443")
        peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        peer.hang_up()
        with (
            identity.wrap_socket(peer.connection.dup(), server_side=True) as inside,
            socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0)) as upstream,
        ):
            pass_on(inside, upstream)

    return step


def pass_on(one: socket.socket, other: socket.socket) -> None:
    """Until one of them hangs up. What is passed at a time is smaller than what TLS holds back."""
    while True:
        for source in select.select([one, other], [], [], 10)[0]:
            data = source.recv(65536)
            if not data:
                return
            (other if source is one else one).sendall(data)


def refusing(status: int) -> Callable[[Peer], None]:
    """A step of a proxy that makes no way."""

    def step(peer: Peer) -> None:
        peer.receive()
        peer.send(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status)
        peer.hang_up()

    return step


def no_handshake(peer: Peer) -> None:
    """A step of a proxy whose way ends nowhere."""
    peer.receive()
    peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
    peer.hang_up()
