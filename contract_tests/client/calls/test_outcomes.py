"""Does a write happen once, and does its caller learn what became of it?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from webflow_orders import errors, outcome_of
from webflow_orders.outcomes import CASES, Event, Next, event_of

from contract_tests.client.conftest import ORDERS, SITE, WRITES, Script, answer, perform

BEFORE = {
    "update": {"orderId": "dfa-3f1", "status": "pending", "comment": "old"},
    "fulfill": {"orderId": "dfa-3f1", "status": "unfulfilled"},
    "unfulfill": {"orderId": "dfa-3f1", "status": "fulfilled"},
    "refund": {"orderId": "dfa-3f1", "status": "fulfilled"},
}
UNKNOWN: list[Any] = [
    *(httpx.Response(status) for status in (301, 302, 303, 307, 308, 408, 499, 500, 502, 503, 504, 520, 599)),
    httpx.ReadTimeout("slow"), httpx.WriteTimeout("slow"), httpx.ReadError("reset"), httpx.WriteError("reset"),
    httpx.RemoteProtocolError("cut"),
    *(httpx.Response(200, content=body) for body in (b"", b"<html>", b"null", b'{"orderId": "dfa', b"{}", b"\xff")),
    httpx.Response(204), httpx.Response(201, json={"orderId": "fc7-128", "status": "refunded"}),
]  # fmt: skip


def shown(outcome: Any) -> str:
    return (
        f"{outcome.status_code} {outcome.content[:9]!r}"
        if isinstance(outcome, httpx.Response)
        else repr(outcome)
    )


def writes(script: Script) -> list[httpx.Request]:
    return [request for request in script.requests if request.method != "GET"]


@pytest.mark.parametrize("outcome", UNKNOWN, ids=shown)
@pytest.mark.parametrize("method", WRITES)
def test_a_lost_write_that_took_effect_is_done_and_says_how_that_is_known(
    connect: Callable[..., Any], method: str, outcome: Any
) -> None:
    script = Script(outcome, answer(200, ORDERS[method]))
    order = perform(connect(script), method)
    assert order.to_dict() == ORDERS[method]
    assert [request.method for request in script.requests[1:]] == ["GET"]
    assert script.requests[1].url.path == f"/v2/sites/{SITE}/orders/dfa-3f1"
    known = outcome_of(order)
    assert known.confirmed_by_rereading
    assert "whether this call or another one made it so" in known.unseen
    assert known.call.operation == f"{method}-order"


@pytest.mark.parametrize("outcome", UNKNOWN, ids=shown)
@pytest.mark.parametrize("method", WRITES)
def test_a_lost_write_that_is_not_seen_is_unknown_and_never_sent_again(
    connect: Callable[..., Any], sleeps: list[float], method: str, outcome: Any
) -> None:
    script = Script(outcome, answer(200, BEFORE[method]))
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        perform(connect(script), method)
    error = caught.value
    assert len(writes(script)) == 1
    assert sleeps == [1.0, 2.0, 4.0]
    assert len(script.requests) == 5
    assert error.order_id == "dfa-3f1"
    assert error.attempted
    assert error.last_seen is not None
    assert error.last_seen.to_dict() == BEFORE[method]
    assert error.last_seen_at is not None
    assert error.last_seen_at.utcoffset() is not None
    assert error.__cause__ is error.cause
    assert isinstance(error.cause, errors.WebflowOrdersError)
    assert error.method in ("POST", "PATCH")


def test_a_write_that_shows_late_is_seen_late(connect: Callable[..., Any], sleeps: list[float]) -> None:
    script = Script(
        httpx.ReadTimeout("slow"), *[answer(200, BEFORE["refund"])] * 2, answer(200, ORDERS["refund"])
    )  # fmt: skip
    assert perform(connect(script), "refund").status == "refunded"
    assert sleeps == [1.0, 2.0]


def test_looks_that_fail_leave_the_outcome_unknown(connect: Callable[..., Any]) -> None:
    script = Script(httpx.Response(502), answer(404, {"code": "order_not_found", "message": "?"}))
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        connect(script).refund("dfa-3f1")
    assert caught.value.last_seen is None
    assert caught.value.last_seen_at is None
    assert len(writes(script)) == 1
    assert caught.value.status_code == 502


def test_a_look_is_retried_as_a_read_is(connect: Callable[..., Any]) -> None:
    script = Script(
        httpx.Response(502), httpx.Response(503), httpx.ReadError("x"), answer(200, ORDERS["refund"])
    )
    assert outcome_of(connect(script).refund("dfa-3f1")).confirmed_by_rereading
    assert len(writes(script)) == 1


def test_looking_can_be_switched_off(connect: Callable[..., Any]) -> None:
    script = Script(httpx.Response(502), answer(200, ORDERS["refund"]))
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        connect(script, confirm=False).refund("dfa-3f1")
    assert (len(script.requests), caught.value.last_seen) == (1, None)
    other = connect(Script(httpx.Response(502), answer(200, ORDERS["refund"])))
    careless = other.with_options(confirm=False).with_options(timeout=3)
    with pytest.raises(errors.OutcomeUnknownError):
        careless.refund("dfa-3f1")


@pytest.mark.parametrize("method", ["fulfill", "unfulfill", "refund"])
def test_a_success_that_shows_another_status_is_doubted(connect: Callable[..., Any], method: str) -> None:
    script = Script(answer(200, BEFORE[method]), answer(200, ORDERS[method]))
    assert outcome_of(perform(connect(script), method)).confirmed_by_rereading
    with pytest.raises(errors.OutcomeUnknownError, match="though the server said it was done") as caught:
        perform(connect(Script(answer(200, BEFORE[method]))), method)
    assert event_of(caught.value.cause) is Event.CONTRADICTED


def test_an_update_that_the_server_trims_is_not_doubted(connect: Callable[..., Any]) -> None:
    script = Script(answer(200, ORDERS["update"] | {"comment": "trimmed"}))
    order = connect(script).update("dfa-3f1", comment="  trimmed ")
    assert not outcome_of(order).confirmed_by_rereading
    assert len(script.requests) == 1


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418, 422, 429])
def test_a_refusal_is_not_done_and_nobody_looks(
    connect: Callable[..., Any], method: str, status: int
) -> None:
    script = Script(answer(status, Retry_After="0"))
    with pytest.raises(errors.APIStatusError) as caught:
        perform(connect(script), method)
    assert caught.value.status_code == status
    assert [request.method for request in script.requests] == [script.requests[0].method] * len(
        script.requests
    )


@pytest.mark.parametrize("method", WRITES)
def test_a_server_that_was_never_reached_did_nothing(connect: Callable[..., Any], method: str) -> None:
    script = Script(httpx.ConnectError("refused"))
    with pytest.raises(errors.APIConnectionError) as caught:
        perform(connect(script), method)
    assert not caught.value.sent
    assert len(writes(script)) == 3 == len(script.requests)


def test_a_refund_that_is_disputed_meanwhile_was_a_refund(connect: Callable[..., Any]) -> None:
    disputed = {"orderId": "dfa-3f1", "status": "disputed", "refundedOn": "2025-01-01T00:00:00.000Z"}
    assert connect(Script(answer(200, disputed))).refund("dfa-3f1").status == "disputed"


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z", "2024", 0])
def test_a_date_of_a_refund_is_none_while_the_status_is_another(
    connect: Callable[..., Any], date: Any
) -> None:
    """Some servers write so what has never been."""
    script = Script(answer(200, {**ORDERS["fulfill"], "status": "unfulfilled", "refundedOn": date}))
    with pytest.raises(errors.OutcomeUnknownError):
        connect(script).refund("dfa-3f1")


def test_the_e_mail_is_among_what_cannot_be_seen(connect: Callable[..., Any]) -> None:
    script = Script(httpx.Response(502), answer(200, ORDERS["fulfill"]))
    order = connect(script).fulfill("dfa-3f1", send_email=True)
    assert "whether the e-mail to the customer went out" in outcome_of(order).unseen


def test_the_raw_answer_of_any_call_is_within_reach(connect: Callable[..., Any]) -> None:
    sent = answer(200, ORDERS["get"], X_Request_Id="req-7", X_RateLimit_Remaining="59")
    client = connect(Script(sent))
    known = outcome_of(client.get("dfa-3f1"))
    assert (known.raw.status_code, known.raw.content) == (200, sent.content)
    assert known.raw.headers["x-ratelimit-remaining"] == "59"
    assert (known.attempts, known.confirmed_by_rereading, known.unseen) == (1, False, ())
    page = answer(200, {"orders": [ORDERS["get"]], "pagination": {"limit": 1, "offset": 0, "total": 1}})
    listed = connect(Script(httpx.Response(503), page)).list()
    assert outcome_of(listed).attempts == 2
    assert outcome_of(connect(Script(answer(200, [ORDERS["get"]])), api="v1").list()).raw.status_code == 200
    with pytest.raises(LookupError):
        outcome_of(listed.orders[0])


def test_every_event_has_one_row_and_a_reason() -> None:
    assert [case.event for case in CASES] == list(dict.fromkeys(case.event for case in CASES))
    assert {case.event for case in CASES} == set(Event)
    assert all(case.evidence for case in CASES)
    assert not [case for case in CASES if case.after_read is Next.LOOK], "a read has nothing to look for"
    again = {case.event for case in CASES if case.after_write is Next.AGAIN}
    assert again == {Event.NOT_CONNECTED, Event.RATE_LIMITED}, "nothing else may ever be sent twice"
    stop = {case.event for case in CASES if case.after_write is Next.STOP}
    assert stop == {Event.REFUSED}, "nothing else is certainly not done"


@pytest.mark.parametrize(("status", "event"), [
    (301, Event.REDIRECTED), (399, Event.REDIRECTED), (400, Event.REFUSED), (408, Event.REQUEST_TIMEOUT),
    (409, Event.REFUSED), (429, Event.RATE_LIMITED), (498, Event.REFUSED), (499, Event.REQUEST_TIMEOUT),
    (500, Event.SERVER_ERROR), (599, Event.SERVER_ERROR), (600, Event.SERVER_ERROR), (999, Event.SERVER_ERROR),
])  # fmt: skip
def test_every_status_is_an_event(status: int, event: Event) -> None:
    call = errors.Call(operation="x", method="GET", path="/")
    assert event_of(errors.from_response(errors.RawResponse(status_code=status), call)) is event
