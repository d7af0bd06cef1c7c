"""Does every answer that is no success raise the right error, and say no more than it may?"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from webflow_orders import RetryPolicy, errors

from contract_tests.client.conftest import LIBRARIES, SITE, TOKEN, Script, answer

V2_BODY = {
    "code": "resource_not_found",
    "message": "The order cannot be found",
    "externalReference": None,
    "details": [],
}
V1_BODY = {
    "msg": "Route not found",
    "code": 404,
    "name": "NotFound",
    "path": "/x",
    "err": "NotFound: Route not found",
}
BODIES: list[tuple[bytes, str, str]] = [
    # body, code, message
    (json.dumps(V2_BODY).encode(), "resource_not_found", "The order cannot be found"),
    (json.dumps(V1_BODY).encode(), "NotFound", "Route not found"),
    (json.dumps({"status": 403, "message": "No", "publicErrorCode": "x"}).encode(), "unknown", "No"),
    (json.dumps(V2_BODY | {"details": {"a": 1}, "message": 5}).encode(), "resource_not_found", "5"),
    (json.dumps({"code": None, "message": {"text": "no"}}).encode(), "unknown", "no message"),
    (b"<h1>Bad gateway</h1>", "unknown", "no readable error body"),
    (b"", "unknown", "no readable error body"),
    (b"null", "unknown", "no readable error body"),
    (b"[1]", "unknown", "no readable error body"),
    (b"\xff\xfe{", "unknown", "no readable error body"),
    (b"[" * 100_000, "unknown", "no readable error body"),
]
CLASSES = [
    (300, errors.RedirectError), (302, errors.RedirectError), (304, errors.RedirectError),
    (400, errors.BadRequestError), (401, errors.AuthenticationError), (403, errors.PermissionDeniedError),
    (404, errors.NotFoundError), (409, errors.ConflictError), (429, errors.RateLimitError),
    (402, errors.APIStatusError), (408, errors.APIStatusError), (418, errors.APIStatusError),
    (500, errors.ServerError), (502, errors.ServerError), (503, errors.ServerError), (520, errors.ServerError),
    (599, errors.ServerError),
]  # fmt: skip
NO_RETRY = RetryPolicy(max_retries=0)


@pytest.mark.parametrize(("status", "kind"), CLASSES)
@pytest.mark.parametrize(
    ("body", "code", "message"), BODIES, ids=[str(index) for index in range(len(BODIES))]
)
def test_the_class_follows_the_status_whatever_the_body(
    connect: Callable[..., Any],
    status: int,
    kind: type[errors.APIStatusError],
    body: bytes,
    code: str,
    message: str,
) -> None:
    client = connect(Script(httpx.Response(status, content=body)), retry=NO_RETRY)
    with pytest.raises(errors.APIStatusError) as caught:
        client.get("dfa-3f1")
    error = caught.value
    assert type(error) is kind
    assert (error.status_code, error.code, error.message) == (status, code, message)
    assert (error.method, error.path) == ("GET", f"/v2/sites/{SITE}/orders/dfa-3f1")
    assert (error.raw.status_code, error.raw.content) == (status, body)


@pytest.mark.parametrize("method", ["list", "get", "update", "fulfill", "unfulfill", "refund"])
def test_every_method_raises(connect: Callable[..., Any], method: str) -> None:
    client = connect(Script(answer(404, V2_BODY)))
    arguments = [] if method == "list" else ["dfa-3f1"]
    with pytest.raises(errors.NotFoundError):
        getattr(client, method)(*arguments, **({"comment": "x"} if method == "update" else {}))
    with pytest.raises(errors.NotFoundError):
        next(iter(client.iter()))


def test_an_error_is_one_line_that_a_log_can_hold(connect: Callable[..., Any]) -> None:
    body = V2_BODY | {"message": "no\nsuch\torder\x1b[31m " + "x" * 500}
    with pytest.raises(errors.NotFoundError) as caught:
        connect(Script(answer(404, body))).list(status="pending")
    text = str(caught.value)
    assert text.startswith("404 resource_not_found: no such order [31m xxx")
    assert text.endswith(f"… (GET /v2/sites/{SITE}/orders?status=pending&offset=0&limit=100)")
    assert text.isprintable()


def test_an_error_survives_pickling(connect: Callable[..., Any]) -> None:
    with pytest.raises(errors.RateLimitError) as caught:
        connect(Script(answer(429, V2_BODY, Retry_After="7", X_Request_Id="req-1")), retry=NO_RETRY).get(
            "dfa-3f1"
        )
    copy = pickle.loads(pickle.dumps(caught.value))
    assert type(copy) is errors.RateLimitError
    assert (str(copy), copy.retry_after, copy.request_id) == (str(caught.value), 7.0, "req-1")
    with pytest.raises(errors.APIConnectionError) as lost:
        connect(Script(httpx.ConnectError("refused")), retry=NO_RETRY).get("dfa-3f1")
    assert pickle.loads(pickle.dumps(lost.value)).sent is False


NOW_IS = "Wed, 21 Oct 2015 07:28:00 GMT"


@pytest.mark.parametrize(
    ("header", "date", "seconds"),
    [
        ("7", None, 7.0), ("0", None, 0.0), ("007", None, 7.0), (" 60\t", None, 60.0),
        # The three forms of a date, the two old ones too, each against the server's own clock.
        ("Wed, 21 Oct 2015 07:29:00 GMT", NOW_IS, 60.0), ("Wed, 21 Oct 2015 07:27:00 GMT", NOW_IS, 0.0),
        ("Wednesday, 21-Oct-15 07:29:00 GMT", NOW_IS, 60.0), ("Wed Oct 21 07:29:00 2015", NOW_IS, 60.0),
        ("Sun Nov  1 07:28:00 2015", NOW_IS, 11 * 86400.0), (NOW_IS, "Wed Oct 21 07:27:30 2015", 30.0),
        # As large as a whole number can be understood to be.
        ("9" * 5000, None, 2.0**31), ("Fri, 31 Dec 9999 23:59:59 GMT", None, 2.0**31),
        *((other, NOW_IS, None) for other in (
            "", "abc", "-1", "+5", "nan", "inf", "1.5", "1e300", "1_000", "0x10", "7, 7", "7;8", "٧", "²",
            "Wed, 21 Oct 2099 07:28:00 +99999999999999999999", "Wed, 21 Oct 2099 07:28:00 +0000",
            "Wed, 21 Oct 2099 07:28:00", "Wed, 21 Okt 2099 07:28:00 GMT", "Wed, 41 Oct 2099 07:28:00 GMT",
            "Wed, 21 Oct 2099 25:28:00 GMT", "wed, 21 oct 2099 07:28:00 gmt", "2099-10-21T07:28:00Z",
        )),
    ],
)  # fmt: skip
def test_retry_after_is_read_by_the_grammar_of_http(
    header: str, date: str | None, seconds: float | None
) -> None:
    headers = {"retry-after": header} | ({"date": date} if date else {})
    assert errors.retry_after(headers) == seconds
    assert errors.retry_after({}) is None


def test_a_date_of_the_answer_that_is_none_is_not_held_against() -> None:
    for now in ("now", "Wed, 21 Oct 2015 07:28:00 +99999999999999999999", "7"):
        assert errors.retry_after({"retry-after": NOW_IS, "date": now}) == 0.0


def test_milliseconds_to_wait_are_not_of_http() -> None:
    assert errors.retry_after({"retry-after-ms": "1500", "retry-after": "2"}) == 2.0
    assert errors.retry_after({"retry-after-ms": "1500"}) is None


def test_a_date_to_wait_for_is_held_against_our_own_clock_if_the_server_does_not_tell_its_time() -> None:
    waiting = errors.retry_after({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"})
    assert waiting is not None
    assert waiting > 1e9
    assert errors.retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0


def test_a_redirect_is_not_followed_and_names_its_target(connect: Callable[..., Any]) -> None:
    script = Script(answer(307, Location="https://elsewhere.example.com/orders"))
    with pytest.raises(
        errors.RedirectError, match=r"redirected to https://elsewhere\.example\.com/orders"
    ) as caught:
        connect(script).get("dfa-3f1")
    assert caught.value.location == "https://elsewhere.example.com/orders"
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"null", b'"x"', b'{"orderId": "dfa', b"\xff", b"[" * 100_000]
)
def test_a_success_that_cannot_be_read_is_a_decode_error(connect: Callable[..., Any], body: bytes) -> None:
    script = Script(httpx.Response(200, content=body))
    with pytest.raises(errors.ResponseDecodeError) as caught:
        connect(script).get("dfa-3f1")
    assert caught.value.status_code == 200
    assert caught.value.raw is not None
    assert caught.value.raw.content == body
    assert len(script.requests) == 1


@pytest.mark.parametrize("api", ["v2", "v1"])
@pytest.mark.parametrize("body", [{}, {"orderId": None}, {"orderId": "fc7-128", "status": "pending"}])
def test_an_answer_about_another_order_is_refused(
    connect: Callable[..., Any], body: dict[str, Any], api: str
) -> None:
    with pytest.raises(errors.ResponseDecodeError, match="not 'dfa-3f1'"):
        connect(Script(answer(200, body)), api=api).get("dfa-3f1")


@pytest.mark.parametrize(
    ("cause", "kind", "sent"),
    [
        (httpx.ConnectError("refused"), errors.APIConnectionError, False),
        (httpx.ConnectTimeout("slow"), errors.APITimeoutError, False),
        (httpx.PoolTimeout("full"), errors.APITimeoutError, False),
        (httpx.ProxyError("407"), errors.APIConnectionError, False),
        (httpx.UnsupportedProtocol("gopher"), errors.APIConnectionError, False),
        (httpx.ReadTimeout("slow"), errors.APITimeoutError, True),
        (httpx.WriteError("reset"), errors.APIConnectionError, True),
        (httpx.ReadError("reset"), errors.APIConnectionError, True),
        (httpx.RemoteProtocolError("peer closed connection"), errors.APIConnectionError, True),
        (httpx.DecodingError("not gzip"), errors.APIConnectionError, True),
    ],
)
def test_a_lost_exchange_has_its_own_error_and_keeps_its_cause(
    connect: Callable[..., Any], cause: Exception, kind: type[errors.APIConnectionError], sent: bool
) -> None:
    with pytest.raises(errors.APIConnectionError) as caught:
        connect(Script(cause), retry=NO_RETRY).get("dfa-3f1")
    assert type(caught.value) is kind
    assert caught.value.sent is sent
    assert type(caught.value.__cause__).__name__ == type(cause).__name__
    assert isinstance(caught.value.__cause__, tuple(library.RequestError for library in LIBRARIES))
    assert caught.value.status_code is None
    assert caught.value.call.operation == "get-order"
    # What a library says of bytes that it did not expect may quote them.
    said = "the answer broke off, or is not HTTP" if isinstance(cause, httpx.ProtocolError) else str(cause)
    assert caught.value.message == f"{type(cause).__name__}: {said}"


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    tree = (errors.__doc__ or "").translate(dict.fromkeys(map(ord, "├└│─")))
    drawn = [line.split()[0] for line in tree.splitlines() if line.strip() and line.startswith("    ")]
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    ours = {kind.__name__ for kind in kinds if kind.__module__ == errors.__name__}
    assert set(drawn) == ours
    assert all(issubclass(getattr(errors, name), errors.WebflowOrdersError) for name in ours)


def test_the_token_is_taken_out_of_what_the_server_says(connect: Callable[..., Any]) -> None:
    with pytest.raises(errors.AuthenticationError) as caught:
        connect(Script(answer(401, {"code": "not_authorized", "message": f"bad token {TOKEN}"}))).get(
            "dfa-3f1"
        )
    assert "bad token …" in str(caught.value)
    assert TOKEN not in str(caught.value) + repr(caught.value)
