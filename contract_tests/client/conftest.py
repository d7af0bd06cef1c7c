"""Every test of the client runs blocking and awaiting; those about sending and its failures also over httpx2.

Which library sends can change how a request leaves, how it fails, what is logged and what a secret may leak into. It
cannot change which arguments are refused, what a model reads, how pages follow each other, or how places are queued:
those files run over httpx alone. What a script answers is written in httpx's words, and translated for httpx2.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import gc
import importlib
import importlib.util
import inspect
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from webflow_orders import AsyncOrdersClient, OrdersClient, RetryPolicy, v1
from webflow_orders._http import transport

from contract_tests.client.mutants.spec_check import problems

if TYPE_CHECKING:
    from webflow_orders_mock import MockWebflow

# Without it, as in the environment of the lowest versions, its kinds are left out.
httpx2: Any = importlib.import_module("httpx2") if importlib.util.find_spec("httpx2") else None
LIBRARIES = [library for library in (httpx, httpx2) if library]

SITE = "580e63e98c9a982ac9b8b741"
TOKEN = "wf_secret_0123456789"

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Script:
    """A transport that gives the answers it was told, in order, and keeps what it was asked. The last one repeats."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            return answer(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


WRITES = ["update", "fulfill", "unfulfill", "refund"]
# The least that an answer to each method must say to be believed.
ORDERS: dict[str, dict[str, Any]] = {
    "get": {"orderId": "dfa-3f1", "status": "pending"},
    "update": {"orderId": "dfa-3f1", "status": "pending", "comment": "x"},
    "fulfill": {"orderId": "dfa-3f1", "status": "fulfilled"},
    "unfulfill": {"orderId": "dfa-3f1", "status": "unfulfilled"},
    "refund": {"orderId": "dfa-3f1", "status": "refunded"},
}


def perform(client: Any, method: str) -> Any:
    """Call a method about order dfa-3f1."""
    return getattr(client, method)("dfa-3f1", **({"comment": "x"} if method == "update" else {}))


class Blocking:
    """An async client seen as a blocking one."""

    def __init__(self, client: Any, runner: asyncio.Runner) -> None:
        self.client = client
        self.runner = runner

    def __getattr__(self, name: str) -> Any:
        member = getattr(self.client, name)
        if not callable(member):
            return Blocking(member, self.runner) if type(member).__module__.endswith(".awaiting") else member

        def call(*args: Any, **kwargs: Any) -> Any:
            result = member(*args, **kwargs)
            if isinstance(result, AsyncIterator):
                return self._walk(result)
            if inspect.isawaitable(result):
                return self.runner.run(_finish(result))
            return Blocking(result, self.runner) if name in ("for_site", "with_options") else result

        return call

    def __repr__(self) -> str:
        return repr(self.client)

    def _walk(self, iterator: AsyncIterator[Any]) -> Iterator[Any]:
        while True:
            try:
                yield self.runner.run(_finish(iterator.__anext__()))
            except StopAsyncIteration:
                return


async def _finish(awaitable: Any) -> Any:
    return await awaitable


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "beside_the_spec: the client is made to send what openapi.yaml does not allow"
    )


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[object]:
    """Each test has a context of its own: what it interrupts in the middle of a call may leave something there."""
    test = pyfuncitem.obj

    @functools.wraps(test)  # Where a test fails, pytest looks for its code.
    def in_context(**arguments: Any) -> object:
        return contextvars.copy_context().run(test, **arguments)

    pyfuncitem.obj = in_context
    try:
        return (yield)
    finally:
        pyfuncitem.obj = test


@pytest.fixture(autouse=True)
def no_connection_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is; else one that a test expects to be used again would be replaced."""
    monkeypatch.setattr(transport, "IDLE", 3600.0)


@pytest.fixture(autouse=True)
def what_aiohttp_leaves_is_collected_here(request: pytest.FixtureRequest) -> Iterator[None]:
    """A connection that is given up while it is made, aiohttp may leave to the collector, which runs anywhere."""
    yield
    if "aiohttp" in request.node.nodeid:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "unclosed (<socket|transport)", ResourceWarning)
            gc.collect()


@pytest.fixture(autouse=True)
def every_request_fits_the_spec(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Whatever a test makes a client send is held to openapi.yaml; `@pytest.mark.beside_the_spec` opts out."""
    found: list[str] = []

    def judged(send: Callable[..., Any]) -> Callable[..., Any]:
        def judge(self: object, asked: Any, **options: Any) -> Any:
            found.extend(problems(asked))
            return send(self, asked, **options)

        return judge

    with pytest.MonkeyPatch.context() as patch:
        for library in LIBRARIES:
            for kind in (library.Client, library.AsyncClient):
                patch.setattr(kind, "send", judged(kind.send))
        yield found
    if not request.node.get_closest_marker("beside_the_spec"):
        assert not found, "the client sent what the spec does not allow:\n" + "\n".join(dict.fromkeys(found))


@pytest.fixture
def sleeps() -> list[float]:
    """How long the client would have slept, instead of sleeping."""
    return []


# The client that blocks and the one that awaits, over either library.
KINDS = ["sync", "async", *(["sync-httpx2", "async-httpx2"] if httpx2 else [])]
ABOUT_SENDING = {
    "test_closing", "test_connections", "test_endings", "test_errors", "test_fault_table_answers",
    "test_fault_table_money", "test_fault_table_offers", "test_logging", "test_many_at_once", "test_outcomes",
    "test_proxies", "test_retry", "test_secrets", "test_transports",
}  # fmt: skip


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "connect" in metafunc.fixturenames:
        is_about_sending = metafunc.module.__name__.rpartition(".")[2] in ABOUT_SENDING
        metafunc.parametrize("connect", KINDS if is_about_sending else KINDS[:2], indirect=True)


def scripted(respond: Callable[[httpx.Request], httpx.Response], kind: str) -> Any:
    """A transport of the kind's library that answers as a function of httpx's does."""
    if not kind.endswith("httpx2"):
        return httpx.MockTransport(respond)

    def translated(request: Any) -> Any:
        asked = httpx.Request(
            request.method,
            str(request.url),
            headers=request.headers.raw,
            content=request.content,
            extensions=request.extensions,
        )
        try:
            given = respond(asked)
        except httpx.RequestError as error:
            same: type[Exception] = getattr(httpx2, type(error).__name__)
            raise same(str(error)) from error.__cause__
        return httpx2.Response(given.status_code, headers=given.headers.raw, content=given.content)

    return httpx2.MockTransport(translated)


def access(mock: MockWebflow) -> dict[str, Any]:
    """What a client of a mock is made with, without the limiter that clients of one token share."""
    return {"token": mock.token, "site_id": mock.site_id, "rate_limit": None}


@contextmanager
def made_as(kind: str, sleeps: list[float]) -> Iterator[Callable[..., Any]]:
    """Makes clients of a kind: `make(api="v2", **arguments)`. All are closed at the end."""
    opened: list[Callable[[], object]] = []

    async def sleep(seconds: float) -> None:
        sleeps.append(seconds)

    def make(*, api: str = "v2", **arguments: Any) -> Any:
        # Without the limiter, which tests of one token would share: test_limits is about that.
        defaults = {
            "token": TOKEN,
            "site_id": SITE,
            "retry": RetryPolicy(draw=lambda: 1.0),
            "rate_limit": None,
        }
        arguments = defaults | arguments
        if kind.startswith("sync"):
            blocks = OrdersClient if api == "v2" else v1.OrdersClient
            client: Any = blocks(**{"sleep": sleeps.append} | arguments)
        else:
            awaits = AsyncOrdersClient if api == "v2" else v1.AsyncOrdersClient
            client = Blocking(awaits(**{"sleep": sleep} | arguments), runner)
        opened.append(client.close)
        return client

    with asyncio.Runner() as runner:
        yield make
        for close in opened:
            close()


@pytest.fixture
def connect(request: pytest.FixtureRequest, sleeps: list[float]) -> Iterator[Callable[..., Any]]:
    """Make a client: `connect(script, api="v2", **arguments)`. All are closed at the end."""

    def connected(script: Any, **arguments: Any) -> Any:
        own = isinstance(script, httpx.BaseTransport)
        return make(transport=script if own else scripted(script, request.param), **arguments)

    with made_as(request.param, sleeps) as make:
        yield connected


def answer(status: int = 200, json: Any = None, **headers: str) -> httpx.Response:
    """A response with a JSON body; header names with underscores for hyphens."""
    return httpx.Response(
        status, json=json, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )
