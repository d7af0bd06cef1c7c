"""The gateway: a reverse proxy on 127.0.0.1, through which all traffic of a run passes, whoever sends it.

To a server that is not ours it is a guard as well: it lets through what the run may send, keeps the pace, and takes a
customer's data out of each answer before anything else sees it.
"""

from __future__ import annotations

import os
import re
import select
import socketserver
import ssl
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from ..settings import UsageError
from .curl import answered, curl
from .exchange import Answer, Headers, Request, Server
from .guard import MOST_SILENCES, AllowList, CircuitBreaker, Refused
from .redact import Redactor
from .throttle import LONGEST, Throttle, Waiter

SECONDS = 30.0
# How often a server is asked to start over, for to ask again changes nothing.
RESETS = 3
# So many of the writes that led to a failure are shown.
MOST_WRITES = 25
# A POST here makes the server start over, if it can.
START_OVER = "/.start-over"
OF_THE_CONNECTION = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te"}


class NoAnswer(Exception):
    """Nothing whole came back."""


class HalfAnswer(NoAnswer):
    """The beginning of an answer."""


class Silence(NoAnswer):
    """Nothing came, for as long as it was waited for."""


class CanNotGoOn(Exception):
    """Nothing more is sent; what was found till then is found."""


class CanNotStartOver(CanNotGoOn):
    """What was asked to begin afresh did not."""


class Watcher:
    """Is told of everything that passes."""

    def saw(self, gateway: Gateway, request: Request, raw: Answer, shown: Answer) -> None:
        """`raw` is the answer as it came; only `shown` may be repeated."""

    def broke(self, gateway: Gateway, request: Request, why: NoAnswer) -> None:
        """No answer has come, or not to its end."""

    def began(self) -> None:
        """The server has started over."""


class Gateway:
    """Listens for as long as the block lasts; `url` stands for the server's base URL.

    A request that is not sent, or not answered, is answered by the end of the connection. `sent` and `last` are what
    happened since the last `forget`: so a failure can show how one comes to it.
    """

    def __init__(
        self,
        server: Server,
        *,
        reset: str | None = None,
        allow: AllowList | None = None,
        throttle: Throttle | None = None,
        waiter: Waiter | None = None,
        redactor: Redactor | None = None,
        watchers: Sequence[Watcher] = (),
    ) -> None:
        self.server, self.reset = server, reset
        self.breaker = CircuitBreaker()
        self.stuck = ""
        """Why the server starts over no more."""
        # Whoever asks now counts how often the server is asked: nothing may be asked besides.
        self.counted = False
        # Whether another request was under way at the same time as the one whose answer is judged.
        self.crowded = False
        self.sent: list[Request] = []
        self.last: Answer | None = None
        self._allow, self._throttle, self._waiter = allow, throttle, waiter
        self._redactor, self._watchers = redactor, watchers
        self._own = threading.local()
        self._judging = threading.RLock()
        self._begun = self._ended = 0
        self._listener = LocalServer(_handler(self))
        self.origin = self._listener.origin
        self.url = self.origin + urlsplit(server.base_url).path.rstrip("/")

    def __enter__(self) -> Gateway:
        self._listener.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.__exit__()
        self.hang_up()

    @property
    def private(self) -> bool:
        """Whether the orders are somebody's."""
        return self._redactor is not None

    @property
    def patience(self) -> float:
        """Seconds after which a caller may give up, and not while its request waits for its turn."""
        return 2 * SECONDS + LONGEST

    def send(self, request: Request, *, raw: bool = False) -> Answer:
        """Send one request. `raw` gives the answer as it came, for whoever must put an order back as it was.

        Raises Refused if it must not be sent, NoAnswer if there is none.
        """
        if self._allow is not None:
            self.breaker.check()
            self._allow.check(request)
        elif self.breaker.silences >= MOST_SILENCES:
            raise Silence(self.breaker.reason)
        if self._throttle is not None:
            self._throttle.wait()
        # Who puts an order back writes what was there, which is nobody's business.
        self.sent.append(replace(request, body=b"") if raw else request)
        self.last = None
        with self._judging:
            self._begun += 1
            mine, alone = self._begun, self._begun == self._ended + 1
        try:
            answer = self._forwarded(request)
            while answer.status == 429 and self._waits_for(request) and self._again(answer):
                answer = self._forwarded(request)
        except NoAnswer as error:
            with self._judging:
                for watcher in self._watchers:
                    watcher.broke(self, request, error)
                if isinstance(error, Silence) and self._allow is None:
                    self.breaker.unheard(self.server.host)
            raise
        finally:
            with self._judging:
                self._ended += 1
                alone = alone and mine == self._begun
        if self._throttle is not None:
            self._throttle.heard(answer)
        if self._allow is not None:
            self.breaker.heard(request, answer)
        shown = answer if self._redactor is None else self._redactor.answer(request, answer)
        self.last = shown
        with self._judging:
            for watcher in self._watchers:
                self.crowded = not alone
                watcher.saw(self, request, answer, shown)
        return answer if raw else shown

    def _waits_for(self, request: Request) -> bool:
        """Another token may well be told that it hurries: that is what it is for."""
        ours = ("authorization", f"Bearer {self.server.token}")
        return not self.counted and ours in [(name.lower(), value) for name, value in request.headers]

    def _again(self, answer: Answer) -> bool:
        if self._waiter is None or self.breaker.reason:
            return False
        if self._waiter.again(answer):
            return True
        waited = f"{self.server.host} answers 429, and has been waited for {self._waiter.most:.0f} seconds"
        self.breaker.open(f"{waited}: it is not judged. Start it with a higher limit.")
        return False

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Headers | None = None, *, raw: bool = False
    ) -> Answer:
        """Send a request of the run itself; `path` begins behind the base URL. The connection is kept, see `hang_up`.

        Without headers it has the run's token, and a body is JSON.
        """
        if headers is None:
            headers = [("Authorization", f"Bearer {self.server.token}")]
            headers += [("Content-Type", "application/json")] if body else []
        sent = [("Accept", "application/json"), ("Accept-Encoding", "gzip, deflate"), *headers]
        if body or method in ("PATCH", "POST", "PUT"):
            sent.append(("Content-Length", str(len(body))))
        return self.send(Request(method, self.server.base_url.rstrip("/") + path, sent, body), raw=raw)

    def request(self, method: str, path: str, body: bytes = b"", *, raw: bool = False) -> Answer:
        """The same, over a connection of its own."""
        self.hang_up()
        try:
            return self.ask(method, path, body, raw=raw)
        finally:
            self.hang_up()

    def start_over(self) -> None:
        """Have the server begin afresh, if it can, and forget what was sent. Raises CanNotStartOver."""
        self.forget()
        if self.reset is None:
            return
        if all(why := _reset(self.reset) for _ in range(RESETS)):
            self.stuck = f"The server does not start over: {why}"
            raise CanNotStartOver(self.stuck)
        for watcher in self._watchers:
            watcher.began()

    # ------------------------------------------------------------------ what is told of a failure

    def forget(self) -> None:
        self.sent, self.last = [], None

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is sent within the block is not remembered after it."""
        sent, last = self.sent, self.last
        self.sent = []
        try:
            yield
        finally:
            self.sent, self.last = sent, last

    def curls(self) -> list[str]:
        """How to come where the last request was made: the writes before it, to its order if it names one, and it."""
        if not self.sent:
            return []
        *before, last = self.sent
        order = re.search("/orders?/[^/?]+", last.url)
        writes = [each for each in before if each.method != "GET" and (order is None or order[0] in each.url)]
        return self.as_curls([*writes[-MOST_WRITES:], last])

    def as_curls(self, requests: Iterable[Request]) -> list[str]:
        return [curl(each, self.server.secrets) for each in requests]

    def told(self) -> str:
        """The answer to the last request, for people."""
        return answered(self.last, self.server.secrets) if self.last is not None else "No answer."

    # ------------------------------------------------------------------ the way to the server

    def _forwarded(self, request: Request) -> Answer:
        connection = getattr(self._own, "connection", None) or _connection(self.server.base_url)
        self._own.connection = connection
        try:
            return _exchanged(connection, request)
        except (OSError, HTTPException, ValueError) as error:
            connection.close()
            if isinstance(error, TimeoutError):
                raise Silence(f"nothing came within {SECONDS:.0f} seconds") from None
            if isinstance(error, IncompleteRead):
                raise HalfAnswer("it breaks off before its end") from None
            # Its words may quote what the server sent.
            what = type(error).__name__ if self.private and not isinstance(error, OSError) else str(error)
            raise NoAnswer(what or type(error).__name__) from None

    def hang_up(self) -> None:
        """Close this thread's connection to the server."""
        if connection := getattr(self._own, "connection", None):
            connection.close()
            self._own.connection = None


def _connection(url: str) -> HTTPConnection:
    parts = urlsplit(url)
    if parts.scheme == "https":
        return HTTPSConnection(parts.hostname or "", parts.port, timeout=SECONDS, context=_context())
    return HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)


def _context() -> ssl.SSLContext:
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        file = os.environ.get("SSL_CERT_FILE")
        raise UsageError(f"SSL_CERT_FILE is {file}, which holds no certificates: {error.strerror}.") from None


def _exchanged(connection: HTTPConnection, request: Request) -> Answer:
    # One that the server has closed meanwhile can be read from: there is the end of it.
    if connection.sock is not None and select.select([connection.sock], [], [], 0)[0]:
        connection.close()
    parts = urlsplit(request.url)
    target = request.url.removeprefix(f"{parts.scheme}://{parts.netloc}") or "/"
    connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", parts.netloc)
    for name, value in request.headers:
        if name.lower() != "host" and name.lower() not in OF_THE_CONNECTION:
            connection.putheader(name, value.encode("latin-1", "replace"))
    connection.endheaders(request.body or None)
    with connection.getresponse() as response:
        return Answer(response.status, response.reason, response.getheaders(), response.read())


# ---------------------------------------------------------------- the side on which one is asked


class LocalServer(socketserver.ThreadingTCPServer):
    """On any free port of 127.0.0.1, for as long as the block lasts."""

    allow_reuse_address, daemon_threads, request_queue_size = True, True, 128

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.05,), name="gateway", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Whoever has asked may go before there is an answer.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class AnyMethod(BaseHTTPRequestHandler):
    """Has whatever is asked answered by `relay`, and says nothing of it."""

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self.relay
        raise AttributeError(name)

    def relay(self) -> None:
        raise NotImplementedError

    def log_message(self, *_: object) -> None:
        pass


def _reset(url: str) -> str:
    """Have a server start over; why it does not, if so."""
    try:
        with closing(_connection(url)) as connection:
            answer = _exchanged(connection, Request("POST", url, [("Content-Length", "0")]))
    except (OSError, HTTPException) as error:
        return str(error)
    return "" if 200 <= answer.status < 300 else f"it answered {answer.status}"


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(AnyMethod):
        protocol_version, disable_nagle_algorithm, wbufsize = "HTTP/1.1", True, -1

        def relay(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                if self.path == START_OVER and self.command == "POST":
                    gateway.start_over()
                    self.answer(Answer(204))
                    return
                if not self.path.startswith("/"):
                    raise Refused("Not sent: it is for another server.")
                parts = urlsplit(gateway.server.base_url)
                url = f"{parts.scheme}://{parts.netloc}{self.path}"
                self.answer(gateway.send(Request(self.command, url, self.headers.items(), body)))
            except CanNotStartOver:
                gateway.breaker.open(gateway.stuck)
                self.close_connection = True
            except (Refused, NoAnswer):
                self.close_connection = True

        def answer(self, answer: Answer) -> None:
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.headers:
                if name.lower() not in OF_THE_CONNECTION | {"content-length"}:
                    self.send_header(name, value)
            if self.command == "HEAD":
                self.send_header("Content-Length", answer.header("content-length") or "0")
            elif answer.status >= 200 and answer.status not in (204, 304):
                self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.content)

        def finish(self) -> None:
            gateway.hang_up()
            super().finish()

    return Handler
