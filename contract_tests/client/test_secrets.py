"""Can a token or a customer's data reach a log, a repr or an exception?"""

from __future__ import annotations

import asyncio
import copy
import io
import logging
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from rich.console import Console
from rich.traceback import Traceback
from webflow_orders import AsyncOrdersClient, Order, OrderList, OrdersClient, RetryPolicy, errors
from webflow_orders._http.connection import Connection, Secret
from webflow_orders.models import NewOrderEvent, OrderV1

from contract_tests.client import faulty
from contract_tests.client.conftest import SITE, TOKEN, Script, answer
from contract_tests.client.faulty import FaultyServer
from contract_tests.codegen.judges import names_of

dial = faulty.dial

PERSONAL = [
    "Wilhelmina", "Quandt", "example.com", "Example Road", "97477", "0042", "555 0100", "neighbours", "Enamel",
    "ch_1Example", "cus_Example", "Ottokar", "Musterweg",
]  # fmt: skip


def leaks(text: str) -> list[str]:
    return [secret for secret in [TOKEN, *PERSONAL] if secret in text]


def test_the_list_of_personal_data_is_not_empty_talk(examples: dict[str, Any]) -> None:
    bodies = repr(examples["Order"]) + repr(examples["OrderV1"])
    assert [word for word in PERSONAL if word not in bodies] == []


def test_no_model_shows_a_customer(examples: dict[str, Any]) -> None:
    order = Order.from_dict(examples["Order"])
    assert repr(order) == "Order(order_id='dfa-3f1', status='fulfilled', customer_paid='68.44 USD')"
    page = OrderList.from_dict(examples["OrderList"])
    event = NewOrderEvent.from_dict(examples["NewOrderEvent"])
    v1_order = OrderV1.from_dict(examples["OrderV1"])
    parts = [
        getattr(order, name) for name in names_of(Order).values() if not isinstance(getattr(order, name), str)
    ]
    assert leaks(" ".join(repr(each) for each in [order, page, page.orders, event, v1_order, *parts])) == []
    assert repr(order.customer_paid) == "Price(unit='USD', value=6844)"


def test_a_client_does_not_show_its_token(connect: Callable[..., Any]) -> None:
    client = connect(Script(answer()))
    assert "site_id='580e63e98c9a982ac9b8b741'" in repr(client)
    for each in (client, client.for_site(SITE), client.with_options(timeout=1)):
        inner = getattr(each, "client", each)
        engine = inner._engine.engine
        assert (
            leaks(repr(each) + str(each) + repr(vars(inner)) + repr(vars(inner._engine)) + repr(vars(engine)))
            == []
        )


def test_a_client_does_not_go_into_a_pickle(connect: Callable[..., Any]) -> None:
    client = connect(Script(answer()))
    client = getattr(client, "client", client)
    for copied in (pickle.dumps, copy.deepcopy):
        with pytest.raises((TypeError, AttributeError, pickle.PicklingError)) as caught:
            copied(client)
        assert leaks(str(caught.value)) == []


@pytest.mark.parametrize("method", ["get", "fulfill"])
def test_no_failure_shows_a_token_a_customer_or_a_header(
    connect: Callable[..., Any], examples: dict[str, Any], method: str
) -> None:
    order = examples["Order"]
    answers: list[Any] = [
        answer(
            401, {"code": "not_authorized", "message": f"no such token: {TOKEN}"}, Set_Cookie="session=hidden"
        ),
        answer(200, order | {"orderId": "fc7-128"}, Set_Cookie="session=hidden"),
        answer(200, [order]),
        httpx.Response(200, content=b'{"orderId": "Wilhelmina Quandt", "status" 97477'),
        httpx.Response(200, content="Wilhelmina".encode("utf-16")),
        answer(404, order),
        answer(500, {"message": "boom", "order": order}),
        httpx.ReadTimeout("slow"),
        httpx.ReadError("reset"),
        httpx.ConnectError("refused"),
    ]
    for each in answers:
        # A re-read that finds the order not fulfilled keeps it in the error as it was last seen.
        script = Script(each, answer(200, order | {"status": "pending"}))
        with pytest.raises(errors.WebflowOrdersError) as caught:
            getattr(connect(script, retry=RetryPolicy(max_retries=0)), method)("dfa-3f1")
        error = caught.value
        shown = f"{error}{error!r}{error.raw!r}{vars(error)!r}" + "".join(traceback.format_exception(error))
        assert leaks(shown) == [], each
        assert "hidden" not in shown
        assert "set-cookie" not in shown.lower()
        assert len(str(error)) < 500
        if error.status_code != 401:  # There, the server's own body has it.
            assert TOKEN.encode() not in pickle.dumps(error)


def test_no_log_line_at_any_level_shows_a_token_or_a_customer(
    connect: Callable[..., Any], examples: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    order = examples["Order"]
    with caplog.at_level(logging.DEBUG):
        client = connect(Script(httpx.Response(503), answer(200, order)))
        client.get("dfa-3f1")
        client.update("dfa-3f1", comment="Wilhelmina Quandt")
        list(connect(Script(answer(200, {"orders": [order, None], "pagination": {}}))).iter())
    lines = [(record.name, record.getMessage()) for record in caplog.records]
    assert leaks(repr(lines)) == []
    ours = [line for name, line in lines if name == "webflow_orders"]
    assert any("GET /v2/sites/580e63e98c9a982ac9b8b741/orders/dfa-3f1 200 in" in line for line in ours)
    assert any("trying again in 0.5 s" in line for line in ours)
    assert any("1 of 2 orders at offset 0 cannot be read" in line for line in ours)


def test_a_client_changes_no_logger() -> None:
    script = f"""
import logging
from webflow_orders import OrdersClient
OrdersClient(token="t", site_id="{SITE}").close()
named = {{name: logger for name, logger in logging.root.manager.loggerDict.items() if name.startswith("webflow")}}
print([(name, logger.level, [type(each).__name__ for each in logger.handlers]) for name, logger in named.items()])
print(logging.root.handlers)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[('webflow_orders', 0, ['NullHandler'])]\n[]\n"


def test_bytes_that_h11_did_not_expect_are_not_quoted(connect: Callable[..., Any]) -> None:
    try:
        raise ValueError("illegal status line: bytearray(b'Wilhelmina Quandt 0042 bytearray(')")
    except ValueError as cause:
        quoting = httpx.RemoteProtocolError(str(cause))
        quoting.__cause__ = cause
    with pytest.raises(
        errors.APIConnectionError, match="RemoteProtocolError: the answer broke off"
    ) as caught:
        connect(Script(quoting), retry=RetryPolicy(max_retries=0)).get("dfa-3f1")
    assert leaks("".join(traceback.format_exception(caught.value)) + str(caught.value)) == []


# ---------------------------------------------------------------- tracebacks with locals


def with_locals(error: BaseException) -> str:
    """A traceback as crash reporters show it: with the locals of each frame, but for those of the tests."""
    while error.__traceback__ and "contract_tests" in error.__traceback__.tb_frame.f_code.co_filename:
        error.__traceback__ = error.__traceback__.tb_next
    assert error.__traceback__
    plain = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    rich = io.StringIO()
    console = Console(file=rich, width=250)
    console.print(Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True))
    return plain + rich.getvalue()


def explode(request: httpx.Request) -> httpx.Response:
    headers = dict(request.headers)
    raise RuntimeError(f"cannot send {headers['authorization']}")


FAULTY: list[Any] = [
    answer(401, {"code": "not_authorized", "message": f"no such token: {TOKEN}"}),
    answer(404, {"message": "gone", "fullName": "Wilhelmina Quandt"}), answer(503), answer(302, Location="/login"),
    httpx.Response(200, content=b'{"orderId": "Wilhelmina Quandt", "status" 97477'),
    httpx.Response(200, content=b'["Wilhelmina Quandt"]'),
    faulty.close_read, faulty.reset, faulty.silence, faulty.drip_headers, faulty.close_unread,
    faulty.half(httpx.Response(200, content=b'{"fullName": "Wilhelmina Quandt", "zip": "97477"}')),
    lambda peer: (peer.receive(), peer.send(b"Wilhelmina Quandt 97477\r\n\r\n"), peer.hang_up()),
]  # fmt: skip


@pytest.mark.parametrize("step", FAULTY)
@pytest.mark.parametrize("method", ["get", "refund"])
def test_the_locals_of_no_traceback_show_a_token_or_a_customer(
    dial: Callable[..., Any], method: str, step: Any
) -> None:
    with FaultyServer(step) as server:
        client = dial(server, timeout=0.3, retry=RetryPolicy(max_retries=0), confirm=False)
        with pytest.raises(errors.WebflowOrdersError) as caught:
            getattr(client, method)("dfa-3f1")
    assert leaks(with_locals(caught.value)) == []


def test_what_a_transport_of_the_callers_raises_shows_no_token_either(connect: Callable[..., Any]) -> None:
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        connect(explode, confirm=False).refund("dfa-3f1")
    assert leaks(with_locals(caught.value)) == []
    assert isinstance(caught.value.cause.__cause__, RuntimeError)
    assert str(caught.value.cause.__cause__) == "cannot send Bearer …"
    assert ", in explode" in "".join(caught.value.cause.__cause__.__notes__)


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_passes_and_its_locals_show_no_token(kind: str, stop: type[BaseException]) -> None:
    def interrupted(request: httpx.Request) -> httpx.Response:
        headers = dict(request.headers)
        raise stop(len(headers))

    given: Any = {"token": TOKEN, "site_id": SITE, "rate_limit": None}
    transport = httpx.MockTransport(interrupted)

    async def main() -> BaseException:
        async with AsyncOrdersClient(transport=transport, **given) as client:
            try:
                await client.refund("dfa-3f1")
            except stop as error:
                return error
        raise AssertionError("it did not pass")

    if kind == "async":
        assert leaks(with_locals(asyncio.run(main()))) == []
        return
    with OrdersClient(transport=transport, **given) as client, pytest.raises(stop) as caught:
        client.refund("dfa-3f1")
    assert leaks(with_locals(caught.value)) == []


def test_a_secret_is_not_shown_pickled_or_copied() -> None:
    secret = Secret(TOKEN)
    assert leaks(f"{secret} {secret!r} {[secret]} {vars(Connection)}") == []
    for copied in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="not pickled"):
            copied(secret)
    assert secret.scrub(f"a {TOKEN} b") == "a … b"
