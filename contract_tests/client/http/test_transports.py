"""By what does a client send: a library by its name, or a transport that its caller keeps?"""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import sys
import textwrap
from collections.abc import Callable
from typing import Any

import httpx
import httpx2
import pytest
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, errors, outcome_of

from contract_tests.client.conftest import ORDERS, SITE, TOKEN, WRITES, Script, answer, perform
from contract_tests.client.faulty import FaultyServer, drip_body, drip_headers
from contract_tests.client.living import ORDER, arguments

GIVEN: dict[str, Any] = {"token": TOKEN, "site_id": SITE, "rate_limit": None}


# ---------------------------------------------------------------- a transport of the caller's


@pytest.mark.beside_the_spec  # What the library's own client sends.
@pytest.mark.parametrize("kind", [httpx.HTTPTransport, httpx2.HTTPTransport])
def test_two_clients_share_a_transport_and_one_is_closed(kind: Callable[[], Any]) -> None:
    with FaultyServer(ORDER) as server, kind() as transport:
        before = vars(transport).copy()
        first, second = (OrdersClient(**arguments(server), transport=transport) for _ in range(2))
        first.get("dfa-3f1")
        first.close()
        assert second.get("dfa-3f1").order_id == "dfa-3f1"
        library: Any = httpx if kind is httpx.HTTPTransport else httpx2
        assert library.Client(transport=transport).get(server.url + ORDER_PATH).status_code == 200
        assert server.connections == 1
        assert vars(transport) == before
        second.close()
        second.close()
        with pytest.raises(errors.ClientClosedError):
            second.get("dfa-3f1")
        # With the last client it was closed; with another it opens anew.
        OrdersClient(**arguments(server), transport=transport).get("dfa-3f1")
        assert server.connections == 2


ORDER_PATH = f"/v2/sites/{SITE}/orders/dfa-3f1"


@pytest.mark.parametrize("kind", [httpx.AsyncHTTPTransport, httpx2.AsyncHTTPTransport])
def test_two_async_clients_share_a_transport_and_one_is_closed(kind: Callable[[], Any]) -> None:
    async def main(server: FaultyServer) -> None:
        async with kind() as transport:
            first, second = (AsyncOrdersClient(**arguments(server), transport=transport) for _ in range(2))
            await first.get("dfa-3f1")
            await first.close()
            assert (await second.get("dfa-3f1")).order_id == "dfa-3f1"
            await second.close()
            assert server.connections == 1

    with FaultyServer(ORDER) as server:
        asyncio.run(main(server))


@pytest.mark.parametrize("kind", [httpx.HTTPTransport, httpx2.HTTPTransport])
@pytest.mark.parametrize("stretch", [drip_headers, drip_body(ORDER)], ids=["headers", "body"])
def test_nothing_can_stretch_an_attempt_over_it_either(kind: Callable[[], Any], stretch: Any) -> None:
    with (
        FaultyServer(stretch) as server,
        kind() as transport,
        OrdersClient(**arguments(server), transport=transport, retry=RetryPolicy(max_retries=0)) as client,
        pytest.raises(errors.APITimeoutError),
    ):
        client.with_options(timeout=0.3).get("dfa-3f1")


@pytest.mark.parametrize("wrong", [5, object(), httpx.Client, httpx.MockTransport])
@pytest.mark.parametrize("kind", [OrdersClient, AsyncOrdersClient])
def test_what_is_no_transport_is_refused(kind: Any, wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"transport must be an httpx\.(Async)?BaseTransport or httpx2\."):
        kind(**GIVEN, transport=wrong)


def test_a_transport_that_blocks_is_none_for_the_client_that_awaits() -> None:
    for wrong in (httpx.HTTPTransport(), httpx2.HTTPTransport()):
        with pytest.raises(TypeError, match="AsyncBaseTransport"):
            AsyncOrdersClient(**GIVEN, transport=wrong)  # type: ignore[arg-type]


def test_a_library_that_is_not_known_is_refused() -> None:
    for name in ("requests", "aiohttp"):
        with pytest.raises(ValueError, match="one of 'httpx', 'httpx2'"):
            OrdersClient(**GIVEN, transport=name)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [httpx.HTTPTransport, httpx2.HTTPTransport])
def test_what_mocks_or_instruments_the_library_does_so_for_a_client_of_its_name(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tools of the field put themselves around this method, or around `Client.send`."""
    library: Any = httpx if kind is httpx.HTTPTransport else httpx2
    monkeypatch.setattr(
        kind, "handle_request", lambda self, request: library.Response(200, json=ORDERS["get"])
    )
    with OrdersClient(**GIVEN, transport=library.__name__) as client:
        assert client.get("dfa-3f1").order_id == "dfa-3f1"


# ---------------------------------------------------------------- what a transport raises

FOREIGN: list[Exception] = [
    RuntimeError("x"), KeyError("x"), OSError(5, "x"), TimeoutError("x"), MemoryError(), ValueError("x"),
    ConnectionResetError("x"), AttributeError("x"), ExceptionGroup("x", [ValueError("y")]), StopIteration("x"),
    asyncio.InvalidStateError("x"), httpx.InvalidURL("x"), httpx.StreamClosed(), AssertionError(),
]  # fmt: skip


@pytest.mark.parametrize("foreign", FOREIGN, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("method", WRITES)
def test_whatever_a_transport_raises_over_a_write_is_looked_for(
    connect: Callable[..., Any], method: str, foreign: Exception
) -> None:
    script = Script(foreign, answer(200, ORDERS[method]))
    assert outcome_of(perform(connect(script), method)).confirmed_by_rereading
    assert [request.method for request in script.requests][1:] == ["GET"]
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        perform(connect(Script(foreign), confirm=False), method)
    cause = caught.value.cause
    assert isinstance(cause, errors.APIConnectionError)
    assert cause.sent
    # In a coroutine, Python itself makes another of it.
    assert type(cause.__cause__) is type(foreign) or isinstance(foreign, StopIteration)
    assert cause.__cause__ is not None
    assert cause.__cause__.__traceback__ is None


class SecondWay(httpx.BaseTransport):
    """Sends on a first way, which says nothing of use, and then tries another one, which is not there.

    It `tells` of it, or makes requests of its own."""

    def __init__(self, first: httpx.BaseTransport, last: Exception, *, tells: bool) -> None:
        self._first, self._last, self._tells = first, last, tells

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        again = httpx.Request(
            request.method, request.url, headers=request.headers, content=request.read(),
            extensions=request.extensions if self._tells else {},
        )  # fmt: skip
        with self._first:
            answer = self._first.handle_request(again)
            assert answer.status_code == 502
            answer.close()
        raise self._last


@pytest.mark.parametrize("tells", [True, False])
@pytest.mark.parametrize(
    "last", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError]
)
def test_of_two_ways_the_first_may_have_taken_a_write(last: type[Exception], tells: bool) -> None:
    with FaultyServer(httpx.Response(502)) as server:
        transport = SecondWay(httpx.HTTPTransport(trust_env=False), last("no way"), tells=tells)
        retry = RetryPolicy(base_delay=0, draw=lambda: 0.0)
        with OrdersClient(**arguments(server), transport=transport, retry=retry, confirm=False) as orders:
            with pytest.raises(errors.OutcomeUnknownError):
                orders.refund("dfa-3f1")
            assert [each.operation for each in orders.unsettled()] == ["refund-order"]
        assert len(server.requests) == 1


@pytest.mark.parametrize("library", [httpx, httpx2], ids=lambda each: each.__name__)
@pytest.mark.parametrize("kind", ["WSGI", "ASGI"])
@pytest.mark.parametrize("raised", ["ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"])
def test_an_application_in_process_may_have_done_what_it_fails_after(
    library: Any, kind: str, raised: str
) -> None:
    done: list[str] = []

    def fail(method: str) -> None:
        done.append(method)
        raise getattr(library, raised)("to its own log of audits")

    def wsgi(environ: Any, start: Any) -> Any:
        fail(environ["REQUEST_METHOD"])

    async def asgi(scope: Any, receive: Any, send: Any) -> None:
        fail(scope["method"])

    options = {**GIVEN, "confirm": False, "retry": RetryPolicy(base_delay=0)}

    async def awaited() -> None:
        async with AsyncOrdersClient(**options, transport=library.ASGITransport(asgi)) as orders:
            await orders.refund("dfa-3f1")

    def refund() -> None:
        if kind == "ASGI":
            return asyncio.run(awaited())
        with OrdersClient(**options, transport=library.WSGITransport(wsgi)) as orders:
            orders.refund("dfa-3f1")

    with pytest.raises(errors.OutcomeUnknownError):
        refund()
    assert done == ["POST"]


@pytest.mark.parametrize("foreign", FOREIGN, ids=lambda each: type(each).__name__)
def test_whatever_a_transport_raises_over_a_read_is_a_lost_connection(
    connect: Callable[..., Any], foreign: Exception
) -> None:
    with pytest.raises(errors.APIConnectionError, match=type(foreign).__name__) as caught:
        connect(Script(foreign), retry=RetryPolicy(max_retries=0)).get("dfa-3f1")
    assert caught.value.sent


class Breaking(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that ends in what no library raises."""

    def __iter__(self) -> Any:
        yield b'{"orderId"'
        raise KeyError("gone")

    async def __aiter__(self) -> Any:
        yield b'{"orderId"'
        raise KeyError("gone")


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_whatever_a_body_raises_leaves_a_write_unknown(kind: str) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=Breaking()))

    async def main() -> None:
        async with AsyncOrdersClient(**GIVEN, transport=transport, confirm=False) as client:
            await client.refund("dfa-3f1")

    blocking = OrdersClient(**GIVEN, transport=transport, confirm=False)
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        asyncio.run(main()) if kind == "async" else blocking.refund("dfa-3f1")
    assert caught.value.raw is not None
    assert caught.value.raw.incomplete == "cut off"


# ---------------------------------------------------------------- what is installed


def run(program: str, *missing: str) -> str:
    """What a program prints where some packages are not installed."""
    preamble = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
given = dict(token="t", site_id="{SITE}", rate_limit=None)
body = {ORDERS["get"]!r}
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", preamble + textwrap.dedent(program)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


USE = """
import {library}
from webflow_orders import AsyncOrdersClient, OrdersClient
transport = {library}.MockTransport(lambda request: {library}.Response(200, json=body))
print(OrdersClient(**given, transport=transport).get("dfa-3f1").order_id)
OrdersClient(**given, transport="{library}").close()
import asyncio
print(asyncio.run(AsyncOrdersClient(**given, transport=transport).get("dfa-3f1")).order_id)
print(*sorted(name for name in sys.modules if name in ("httpx", "httpx2", "httpcore", "httpcore2")))
"""


@pytest.mark.parametrize(("library", "missing"), [
    ("httpx", ()), ("httpx", ("httpx2", "httpcore2")), ("httpx2", ()), ("httpx2", ("httpx", "httpcore")),
])  # fmt: skip
def test_either_library_is_enough_and_only_the_one_that_is_used_is_imported(
    library: str, missing: tuple[str, ...]
) -> None:
    core = library.replace("x", "core")
    assert run(USE.format(library=library), *missing).splitlines()[-1] == f"{core} {library}"


@pytest.mark.parametrize(("code", "missing", "words"), [
    ("OrdersClient(**given)", "httpx", "transport='httpx' needs httpx: pip install httpx"),
    ('OrdersClient(**given, transport="httpx2")', "httpx2",
     "transport='httpx2' needs httpx2: pip install 'webflow-orders[httpx2]'"),
    ('AsyncOrdersClient(**given, transport="aiohttp")', "httpx_aiohttp",
     "transport='aiohttp' needs httpx_aiohttp: pip install 'webflow-orders[aiohttp]'"),
    ("import webflow_orders.aiohttp_transport", "aiohttp",
     "webflow_orders.aiohttp_transport needs aiohttp: pip install 'webflow-orders[aiohttp]'"),
    ("import webflow_orders.testing", "pydantic",
     "webflow_orders.testing needs pydantic: pip install 'webflow-orders[testing]'"),
    ("from webflow_orders import shared_limits; shared_limits.redis('redis://127.0.0.1:1', limit=60)", "redis",
     "shared_limits.redis needs redis: pip install 'webflow-orders[shared]'"),
])  # fmt: skip
def test_what_is_not_installed_is_named_with_its_remedy(code: str, missing: str, words: str) -> None:
    program = f"""
from webflow_orders import AsyncOrdersClient, OrdersClient
try:
    {code}
except ModuleNotFoundError as error:
    print(error)
"""
    assert run(program, missing) == words


# ---------------------------------------------------------------- certificates


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
@pytest.mark.parametrize(
    ("base_url", "proxy", "looks"),
    [
        ("http://127.0.0.1:1", None, False),
        ("https://127.0.0.1:1", None, True),
        ("http://shop.example", "https://127.0.0.1:1", True),
    ],
)
def test_whom_to_trust_is_read_only_where_somebody_may_have_a_certificate(
    monkeypatch: pytest.MonkeyPatch, library: str, base_url: str, proxy: str | None, looks: bool
) -> None:
    if proxy is not None:
        monkeypatch.setenv("HTTP_PROXY", proxy)
    read: list[object] = []
    for name in ("load_verify_locations", "load_default_certs", "set_default_verify_paths"):
        monkeypatch.setattr(ssl.SSLContext, name, lambda *given, **named: read.append(given))
    OrdersClient(**GIVEN, base_url=base_url, transport=library, allow_http=True).close()
    assert bool(read) is looks
