"""The fault table, part four: secrets and personal data. One test for each row, in its order."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from webflow_orders import Order, RetryPolicy, errors

from contract_tests.client import faulty
from contract_tests.client.conftest import ORDERS, SITE, TOKEN, Script, answer
from contract_tests.client.faulty import FaultyServer

dial = faulty.dial
ORDER = answer(200, ORDERS["get"])
CUSTOMER = {
    "customerInfo": {"fullName": "Ada Example", "email": "ada@example.com"},
    "stripeCard": {"last4": "card-0042"},
}
PERSONAL = ["Ada", "ada@example.com", "card-0042"]


def failures(connect: Callable[..., Any]) -> list[errors.WebflowOrdersError]:
    """An error of each kind that an answer full of secrets can lead to."""
    full = ORDERS["refund"] | CUSTOMER
    answers: list[Any] = [
        answer(401, {"code": "not_authorized", "message": f"no such token: {TOKEN}"}, Set_Cookie="session=hidden"),
        answer(200, full | {"orderId": "other"}, Set_Cookie="session=hidden"), answer(200, [full]), answer(500, full),
        httpx.Response(200, content=str(full).encode()), httpx.ReadError("reset"), httpx.ConnectError("refused"),
    ]  # fmt: skip
    raised = []
    for each in answers:
        for method in ("get", "fulfill"):
            # A re-read that finds the order not fulfilled keeps it in the error as it was last seen.
            script = Script(each, answer(200, full | {"status": "pending"}))
            with pytest.raises(errors.WebflowOrdersError) as caught:
                getattr(connect(script, retry=RetryPolicy(max_retries=0)), method)("dfa-3f1")
            raised.append(caught.value)
    return raised


def shown(error: errors.WebflowOrdersError) -> str:
    return f"{error}{error!r}{error.raw!r}{vars(error)!r}" + "".join(traceback.format_exception(error))


def test_a_token_is_not_in_the_repr_of_a_client(connect: Callable[..., Any]) -> None:
    client = connect(Script(ORDER))
    for each in (client, client.for_site(SITE), client.with_options(timeout=1)):
        inner = getattr(each, "client", each)
        assert TOKEN not in repr(each) + str(each) + repr(vars(inner)) + repr(vars(inner._engine))


def test_a_client_does_not_go_into_a_pickle(connect: Callable[..., Any]) -> None:
    client = connect(Script(ORDER))
    client = getattr(client, "client", client)
    for copied in (pickle.dumps, copy.deepcopy):
        with pytest.raises((TypeError, AttributeError, pickle.PicklingError)) as caught:
            copied(client)
        assert TOKEN not in str(caught.value)


def test_a_token_is_in_no_exception(connect: Callable[..., Any]) -> None:
    for error in failures(connect):
        assert TOKEN not in shown(error), repr(error)
        if error.status_code != 401:  # There, the server's own body has it.
            assert TOKEN.encode() not in pickle.dumps(error)


def test_the_headers_of_an_answer_are_in_no_exception(connect: Callable[..., Any]) -> None:
    for error in failures(connect):
        assert "hidden" not in shown(error)
        assert "set-cookie" not in shown(error).lower()


def test_a_customer_is_in_no_exception(connect: Callable[..., Any]) -> None:
    for error in failures(connect):
        assert [word for word in PERSONAL if word in shown(error)] == [], repr(error)
        assert len(str(error)) < 500


def test_a_log_at_every_level_has_method_path_status_time_and_no_secret(
    dial: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    full = answer(200, ORDERS["get"] | CUSTOMER, X_Request_Id="req-7")
    with caplog.at_level(0), FaultyServer(faulty.half(full), full) as server:
        dial(server).get("dfa-3f1")
    text = "\n".join(f"{record.name} {record.getMessage()}" for record in caplog.records)
    path = rf"/v2/sites/{SITE}/orders/dfa-3f1"
    ours = [record.getMessage() for record in caplog.records if record.name == "webflow_orders"]
    assert any(line.startswith(f"GET {path} 200 in ") for line in ours)
    assert any(line.endswith(" ms, attempt 2, request id req-7") for line in ours)
    assert "httpcore" in text, "they are listened to as well"
    assert [word for word in [TOKEN, *PERSONAL] if word in text] == []


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


def test_the_repr_of_an_order_is_short_and_without_its_customer(examples: dict[str, Any]) -> None:
    text = repr(Order.from_dict(examples["Order"] | CUSTOMER))
    assert "dfa-3f1" in text
    assert "fulfilled" in text
    assert len(text) < 120
    assert [word for word in PERSONAL if word in text] == []


def test_the_only_header_about_the_caller_is_the_user_agent(dial: Callable[..., Any]) -> None:
    with FaultyServer(answer(200, ORDERS["fulfill"])) as server:
        dial(server).fulfill("dfa-3f1")
        dial(server).get("dfa-3f1")
    common = {"host", "accept", "accept-encoding", "connection", "user-agent", "authorization"}
    assert server.requests[0].headers.keys() == common | {"content-length", "content-type"}
    assert server.requests[1].headers.keys() == common
    agent = server.requests[0].headers["user-agent"]
    assert agent.startswith("webflow-orders/")
    assert "python" not in agent.lower()
    assert "linux" not in agent.lower()
