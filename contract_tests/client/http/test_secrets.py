"""Can a token or a customer's data reach a log, a repr or an exception?"""

from __future__ import annotations

import copy
import io
import json
import logging
import pickle
import pprint
import reprlib
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from rich.console import Console
from rich.pretty import Pretty
from rich.traceback import Traceback
from webflow_orders import Order, OrderList, RetryPolicy, errors
from webflow_orders._http.connection import Connection, Secret
from webflow_orders.models import NewOrderEvent, OrderV1
from webflow_orders.outcomes import Outcome, outcome_of

from contract_tests.client import faulty
from contract_tests.client.conftest import SITE, TOKEN, Script, answer
from contract_tests.client.leaking import PERSONAL, leaks
from contract_tests.codegen.judges import names_of

dial = faulty.dial


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


ODD = "\x85\x9b31m\u2028\u2029\u202e\u2066\u200b\ufeff\u061c\x7f\x1b\U000e0001"


@pytest.mark.parametrize(
    "echo", [TOKEN, TOKEN.upper(), TOKEN * 3, "x" * 30 + TOKEN + "x" * 30, "x" * 70 + TOKEN]
)
@pytest.mark.parametrize("method", ["get", "refund"])
def test_a_token_that_a_server_echoes_is_shown_nowhere(
    connect: Callable[..., Any], caplog: pytest.LogCaptureFixture, method: str, echo: str
) -> None:
    caplog.set_level(logging.DEBUG)
    everywhere: Any = {"X_Request_Id": echo, "CF_Ray": echo, "Location": f"https://{echo}/?token={echo}"}
    text = json.dumps({"orderId": "dfa-3f1", "status": f"{echo}"})
    answers: list[Any] = [
        answer(200, {"orderId": echo, "status": "pending"}, **everywhere),
        answer(200, {"orderId": "dfa-3f1", "status": "pending", "new": echo}, **everywhere),
        answer(401, {"code": echo, "message": f"{'y' * 190}{echo}"}, **everywhere),
        answer(404, {"name": echo, "msg": echo, "code": 404}, **everywhere),
        answer(307, None, **everywhere),
        httpx.Response(200, content=text[:-1], headers={"x-request-id": echo}),
        # As if it came from a socket, with its coding.
        httpx.Response(200, stream=Stream(text.encode()), headers={"content-encoding": echo, "cf-ray": echo}),
    ]
    shown = ""
    for each in answers:
        script = Script(
            each if each.is_stream_consumed else lambda _, each=each: each, answer(200, json.loads(text))
        )
        try:
            result = getattr(connect(script, retry=RetryPolicy(max_retries=0)), method)("dfa-3f1")
            shown += repr(outcome_of(result)) + str(outcome_of(result).raw.request_id)
        except errors.WebflowOrdersError as error:
            attributes = [
                getattr(error, name, None) for name in ("code", "message", "request_id", "location")
            ]
            shown += f"{error}{error!r}{error.raw!r}{attributes}" + "".join(traceback.format_exception(error))
    logged = "".join(record.getMessage() for record in caplog.records if record.name == "webflow_orders")
    assert "request id" in logged
    # A part of it that is left over, cut off from the rest, is none of it either.
    for piece in (TOKEN, TOKEN[:12], TOKEN[-12:]):
        assert piece.lower() not in (shown + logged).lower()


class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self.content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self.content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.content


@pytest.mark.parametrize("odd", [*ODD, "a\ud800b", "\udcff"])
@pytest.mark.parametrize("method", ["get", "refund"])
def test_no_character_that_controls_a_terminal_is_shown(
    connect: Callable[..., Any], caplog: pytest.LogCaptureFixture, method: str, odd: str
) -> None:
    caplog.set_level(logging.DEBUG)
    plain = {"orderId": "dfa-3f1", "status": "pending"}
    headers = {} if any("\ud800" <= each <= "\udfff" for each in odd) else {
        name: f"a{odd}INFO forged".encode() for name in ("x-request-id", "location", "retry-after")
    }  # fmt: skip
    bodies: list[tuple[int, Any]] = [
        (200, {"orderId": f"a{odd}b", "status": "pending"}), (200, plain | {"status": f"a{odd}b"}), (307, None),
        (404, {"code": f"a{odd}b", "message": f"a{odd}b"}), (500, {"name": f"a{odd}b", "msg": f"a{odd}b"}),
    ]  # fmt: skip
    shown = []
    for status, body in bodies:
        response = httpx.Response(status, content=json.dumps(body), headers=list(headers.items()))
        try:
            client = connect(Script(response, answer(200, plain)), retry=RetryPolicy(max_retries=0))
            shown.append(str(outcome_of(getattr(client, method)("dfa-3f1")).raw.request_id))
        except errors.WebflowOrdersError as error:
            named = [getattr(error, name, None) for name in ("code", "message", "request_id", "location")]
            shown += [str(error), repr(error), *(each for each in named if each)]
    shown += [record.getMessage() for record in caplog.records if record.name == "webflow_orders"]
    assert [each for each in shown if not each.isprintable()] == []
    assert not headers or any("request id a" in each for each in shown)


@pytest.mark.parametrize("token", ["a/b+c=d&e", "wf_(secret).*", "%41%42token"])
def test_a_token_is_known_in_an_address_too(connect: Callable[..., Any], token: str) -> None:
    from urllib.parse import quote

    script = Script(answer(302, Location=f"/login?token={quote(token, safe='')}&back={token}"))
    with pytest.raises(errors.RedirectError) as caught:
        connect(script, token=token).get("dfa-3f1")
    assert caught.value.location == "/login?token=…&back=…"
    assert "redirected to /login?token=…&back=…" in str(caught.value)


# ---------------------------------------------------------------- what is shown of a model


class Frame:
    """Where a crash reporter looks: the locals of a frame."""

    def __init__(self, value: Any) -> None:
        order, text = value, io.StringIO()
        try:
            raise KeyError(type(order).__name__)
        except KeyError as error:
            trace = Traceback.from_exception(KeyError, error, error.__traceback__, show_locals=True)
            Console(file=text, width=250).print(trace)
            plain = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert "order = " in "".join(plain.format())
        self.text = text.getvalue() + "".join(plain.format())


def test_no_printer_shows_a_customer(examples: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    order, page = Order.from_dict(examples["Order"]), OrderList.from_dict(examples["OrderList"])
    event, v1_order = (
        NewOrderEvent.from_dict(examples["NewOrderEvent"]),
        OrderV1.from_dict(examples["OrderV1"]),
    )
    call = errors.Call("refund-order", "POST", "/x")
    raw = errors.RawResponse(200, {"set-cookie": "Quandt"}, order.to_json())
    unknown = errors.OutcomeUnknownError(
        "lost",
        call=call,
        raw=raw,
        order_id="dfa-3f1",
        attempted="refund",
        cause=KeyError("x"),
        last_seen=order,
    )
    undecoded = errors.ResponseDecodeError("no", call=call, raw=raw)
    things = [
        order, page, page.orders, event, event.payload, v1_order, unknown, undecoded, raw, Outcome(call, raw),
        [order, v1_order], {"order": order}, (page, {"deep": [event]}), *order.purchased_items, vars(unknown),
        order.customer_info, order.billing_address, order.stripe_details, order.all_addresses,
    ]  # fmt: skip
    text = io.StringIO()
    for width in (20, 80, 400):
        console = Console(file=text, width=width)
        for each in things:
            console.print(each)
            console.print(Pretty(each, expand_all=True))
            console.log(each, log_locals=False)
            pprint.pprint(each, stream=text, width=width)
    said = text.getvalue() + "".join(Frame(each).text for each in things)
    said += "".join(f"{each} {each!r} {reprlib.repr(each)} {[each]}" for each in things)
    caplog.set_level(0)
    for each in things:
        logging.getLogger("shop").warning("%s %r %s", each, each, [each])
    assert "dfa-3f1" in said
    assert leaks(said + caplog.text) == []


def test_a_secret_is_not_shown_pickled_or_copied() -> None:
    secret = Secret(TOKEN)
    assert leaks(f"{secret} {secret!r} {[secret]} {vars(Connection)}") == []
    for copied in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="not pickled"):
            copied(secret)
    assert secret.scrub(f"a {TOKEN} b") == "a … b"
    for safe in ("", "/"):
        assert Secret("a/b+c=").scrub(f"GET /{quote('a/b+c=', safe=safe)}") == "GET /…"
