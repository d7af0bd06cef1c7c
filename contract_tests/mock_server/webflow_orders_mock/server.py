"""The mock behind a real HTTP server, on 127.0.0.1 and nowhere else."""

from __future__ import annotations

import socket
import sys
import threading
import time

import uvicorn

from .app import MockWebflow

HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """A listening socket, so that its port is known before anything is served. Raises OSError."""
    # Not create_server(): asyncio turns Nagle's delay off only for a socket that says it is TCP, and with the
    # delay an answer takes 40 milliseconds.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(2048)
    except BaseException:
        listener.close()
        raise
    return listener


def uvicorn_server(mock: MockWebflow) -> uvicorn.Server:
    """Parses with httptools where that is installed."""
    config = uvicorn.Config(
        mock.asgi, interface="asgi3", lifespan="off", ws="none", access_log=False, log_level="warning",
        server_header=False, proxy_headers=False, timeout_graceful_shutdown=1,
        use_colors=False,  # Or it asks stdout, which may be closed.
    )  # fmt: skip
    server = uvicorn.Server(config)
    mock.stopping = lambda: server.should_exit
    return server


class MockServer:
    """Serves a mock from a thread for as long as the `with` block lasts.

        with MockServer(MockWebflow()) as server:
            OrdersClient(base_url=server.url, ...)

    `url` has no path: v2 is under `/v2`. Port 0 takes any free one. Raises OSError if a port is taken.
    """

    def __init__(self, mock: MockWebflow, *, port: int = 0) -> None:
        self.mock = mock
        self._socket = listen(port)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self._server = uvicorn_server(mock)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="webflow-orders-mock", daemon=True
        )

    def start(self) -> MockServer:
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.001)
        return self

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self.mock.webhooks.stop()
        self._socket.close()

    def __enter__(self) -> MockServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
