"""Does a receiver work where it is mounted: over HTTP, in WSGI and in ASGI?"""

from __future__ import annotations

import io
from typing import Any
from wsgiref.validate import validator

import anyio
import httpx
import pytest
from webflow_orders import webhooks
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from contract_tests.webhooks.deliveries import SECRET, envelope, order
from contract_tests.webhooks.serving import over_asgi, over_wsgi

BODY = envelope(order(comment="é" * 1000), "ecomm_new_order")
MOST = 10_000


def validated(receiver: Any) -> Any:
    return validator(receiver) if isinstance(receiver, webhooks.Receiver) else receiver


@pytest.mark.parametrize(
    ("kind", "served"), [(webhooks.Receiver, over_wsgi), (webhooks.AsyncReceiver, over_asgi)]
)
def test_over_http_it_answers_200_400_and_500_and_nothing_else(kind: Any, served: Any) -> None:
    events: list[Any] = []

    def handler(event: Any) -> None:
        events.append(event)
        if event.trigger == "broken":
            raise RuntimeError

    with (
        served(validated(kind(SECRET, handler, max_body=MOST))) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=120) as http,
    ):

        def post(body: bytes, **more: Any) -> tuple[int, str]:
            answer = http.post("/hook", content=body, headers=webhooks.sign(body, SECRET), **more)
            assert answer.headers["content-type"] == "text/plain; charset=utf-8"
            return answer.status_code, answer.text

        assert post(BODY) == (200, "handled")
        assert post(BODY) == (200, "ignored: repeat")
        assert post(b"{}")[0] == 400
        assert post(b"")[0] == 400
        assert post(envelope({}, "broken")) == (500, "the handler failed")
        assert post(BODY + b" " * MOST) == (400, f"the body is larger than {MOST} bytes")
        assert http.post("/", content=BODY).text == "header missing: there is no x-webflow-timestamp"
        assert http.get("/").status_code == 400
    assert [event.raw for event in events] == [BODY, envelope({}, "broken")]


def test_it_is_mounted_in_another_wsgi_application() -> None:
    events: list[Any] = []

    def elsewhere(environ: Any, start_response: Any) -> list[bytes]:
        start_response("404 Not Found", [])
        return [b""]

    application = DispatcherMiddleware(elsewhere, {"/hook": webhooks.Receiver(SECRET, events.append)})
    client = Client(application)
    answer = client.post("/hook", data=BODY, headers=webhooks.sign(BODY, SECRET))
    assert (answer.status_code, answer.text) == (200, "handled")
    assert client.post("/other", data=BODY).status_code == 404
    assert len(events) == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"CONTENT_LENGTH": str(len(BODY))}, 200), ({"CONTENT_LENGTH": "+1"}, 400), ({"CONTENT_LENGTH": "²"}, 400),
        ({"CONTENT_LENGTH": "9" * 30}, 400), ({"CONTENT_LENGTH": "12"}, 400),
        ({"CONTENT_LENGTH": ""}, 400), ({}, 400),
        ({"CONTENT_LENGTH": str(MOST * 1000)}, 200),
        ({"wsgi.input_terminated": True}, 200), ({"CONTENT_LENGTH": str(len(BODY) + 10)}, 200),
    ],
)  # fmt: skip
def test_how_much_a_wsgi_server_says_is_read(given: dict[str, Any], expected: int) -> None:
    class Input(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            assert 0 <= size <= MOST + 1
            return super().read(size)

    statuses: list[str] = []
    environ = {
        **{
            f"HTTP_{name.upper().replace('-', '_')}": value
            for name, value in webhooks.sign(BODY, SECRET).items()
        },
        "REQUEST_METHOD": "POST",
        "wsgi.input": Input(BODY),
        **given,
    }
    receiver = webhooks.Receiver(SECRET, lambda event: None, max_body=MOST)
    receiver(environ, lambda status, headers: statuses.append(status))
    assert statuses[0].startswith(str(expected))


@pytest.mark.parametrize(("given", "said"), [
    ({"HTTP_TRANSFER_ENCODING": "chunked"}, "this server hands on no body without a Content-Length"),
    ({"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}, "header missing: there is no "),
    ({}, "header missing: there is no "),
])  # fmt: skip
def test_a_body_that_the_server_keeps_is_not_called_wrongly_signed(given: dict[str, Any], said: str) -> None:
    environ = {"REQUEST_METHOD": "POST", "wsgi.input": io.BytesIO(BODY), **given}
    (answer,) = webhooks.Receiver(SECRET, lambda event: None)(environ, lambda status, headers: None)
    assert answer.decode().startswith(said)


class Dribbling(io.BytesIO):
    """A byte a second; `read1` gives what there is, `read` waits for all that it was asked for."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.now = 0.0
        self.given = 0

    def read1(self, size: int | None = -1) -> bytes:
        return self.read(1)

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.now += len(piece)
        self.given += len(piece)
        return piece


class DribblingWithoutRead1:
    """As gunicorn's input, which has no `read1`."""

    def __init__(self, inner: Dribbling) -> None:
        self.read = inner.read


@pytest.mark.parametrize(("has_read1", "given"), [(True, 31), (False, 64)])
def test_who_dribbles_is_told_so_after_a_while_under_wsgi(has_read1: bool, given: int) -> None:
    inner = Dribbling(BODY)
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_LENGTH": str(len(BODY)),
        "wsgi.input": inner if has_read1 else DribblingWithoutRead1(inner),
    }
    receiver = webhooks.Receiver(SECRET, lambda event: None, timeout=30, now=lambda: inner.now)
    content = receiver(environ, lambda status, headers: statuses.append(status))
    assert (statuses, content) == (["400 Bad Request"], [b"the body took longer than 30 s"])
    assert inner.given == given


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_who_falls_silent_is_told_so_after_a_while_under_asgi(backend: str) -> None:
    sent: list[Any] = []
    pieces = iter([{"type": "http.request", "body": BODY[:10], "more_body": True}])

    async def receive() -> Any:
        for piece in pieces:
            return piece
        return await anyio.sleep_forever()

    async def send(message: Any) -> None:
        sent.append(message)

    receiver = webhooks.AsyncReceiver(SECRET, lambda event: None, timeout=0)
    anyio.run(receiver, {"type": "http", "method": "POST", "headers": []}, receive, send, backend=backend)
    assert (sent[0]["status"], sent[1]["body"]) == (400, b"the body took longer than 0 s")


def asgi(
    messages: list[dict[str, Any]], receiver: webhooks.AsyncReceiver, **scope: Any
) -> tuple[int, list[Any]]:
    """How many messages were taken, and what was sent."""
    taken, sent = 0, []

    async def receive() -> Any:
        nonlocal taken
        taken += 1
        return messages[taken - 1]

    async def send(message: Any) -> None:
        sent.append(message)

    async def call() -> None:
        headers = [(name.encode(), value.encode()) for name, value in webhooks.sign(BODY, SECRET).items()]
        await receiver({"type": "http", "method": "POST", "headers": headers, **scope}, receive, send)

    anyio.run(call)
    return taken, sent


def test_an_asgi_body_comes_in_pieces_and_no_more_of_it_is_kept_than_is_allowed() -> None:
    def receiver() -> webhooks.AsyncReceiver:
        return webhooks.AsyncReceiver(SECRET, lambda event: None, max_body=MOST)

    pieces = [
        {"type": "http.request", "body": BODY[at : at + 700], "more_body": True}
        for at in range(0, len(BODY), 700)
    ]
    taken, sent = asgi([*pieces, {"type": "http.request"}], receiver())
    assert (taken, sent[0]["status"], sent[1]["body"]) == (len(pieces) + 1, 200, b"handled")
    endless = [{"type": "http.request", "body": b"x" * 3000, "more_body": True}] * 1000
    taken, sent = asgi(endless, receiver())
    assert (taken, sent[0]["status"]) == (4, 400)
    assert asgi([*pieces[:1], {"type": "http.disconnect"}], receiver()) == (2, [])
    assert asgi([], receiver(), method="GET")[1][0]["status"] == 400
    for kind in ("lifespan", "websocket"):
        with pytest.raises(TypeError, match=kind):
            asgi([], receiver(), type=kind)


def test_the_example_of_the_docstring_runs(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    example = webhooks.__doc__ or ""
    blocks = [block for block in example.split("\n\n") if block.startswith("    ")]
    assert len(blocks) == 4
    source = "\n\n".join(blocks).replace('"deliveries.sqlite"', "path")
    names: dict[str, Any] = {
        "secret": SECRET,
        "path": tmp_path / "deliveries.sqlite",
        "request": type("Request", (), {"body": BODY, "headers": webhooks.sign(BODY, SECRET)}),
    }
    exec("from webflow_orders import webhooks\nif True:\n" + source, names)
    assert capsys.readouterr().out == "dfa-3f1 None\n"
    answer = anyio.run(names["receiver"].handle, BODY, webhooks.sign(BODY, SECRET))
    assert (answer.status, answer.text) == (200, "handled")
    assert capsys.readouterr().out == "dfa-3f1\n"
