"""Is a delivery taken for Webflow's if it is, and only then?"""

from __future__ import annotations

import io
import shutil
import subprocess
import traceback
from collections.abc import Callable
from http.client import parse_headers
from typing import Any, get_args

import httpx
import httpx2
import pytest
from hypothesis import given, strategies as st
from multidict import CIMultiDict, CIMultiDictProxy
from rich.console import Console
from rich.traceback import Traceback
from starlette.datastructures import Headers as StarletteHeaders
from webflow_orders import webhooks
from webflow_orders.webhooks import WebhookError
from webflow_orders.webhooks._events import Reason
from werkzeug.datastructures import EnvironHeaders, Headers as WerkzeugHeaders

from contract_tests.webhooks.deliveries import MOMENT, SECRET, body_of, clock

BODY = body_of({"triggerType": "ecomm_new_order", "payload": {"orderId": "dfa-3f1", "status": "unfulfilled"}})
HEADERS = webhooks.sign(BODY, SECRET, now=clock)
TIMESTAMP, SIGNATURE = HEADERS


def reason(
    body: Any = BODY, headers: Any = None, secret: Any = SECRET, now: Callable[[], float] = clock, **more: Any
) -> str:
    with pytest.raises(WebhookError) as caught:
        webhooks.unwrap(body, HEADERS if headers is None else headers, secret, now=now, **more)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert str(caught.value) == f"{caught.value.reason}: {caught.value.message}"
    return caught.value.reason


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl to compare with")
@pytest.mark.parametrize(
    "body",
    [
        BODY,
        b"",
        b"\xff\x00\n",
        '{"triggerType":"x", "payload":{"n":1.0,"e":1e2,"s":"\\/\\u00e9é"}}'.encode(),
        b" " * 70_000,
    ],
)
@pytest.mark.parametrize("secret", [SECRET, "k", "clé secrète", "x" * 200])
def test_openssl_signs_alike(body: bytes, secret: str) -> None:
    timestamp = "1722370035277"
    command = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{secret.encode().hex()}"]
    answer = subprocess.run(
        command, input=timestamp.encode() + b":" + body, capture_output=True, check=True, timeout=60
    )
    signature = answer.stdout.split()[-1].decode()
    assert webhooks.sign(body, secret, now=clock) == {TIMESTAMP: timestamp, SIGNATURE: signature}
    sent_at = webhooks.verify(
        body, {"X-Webflow-Timestamp": timestamp, "X-Webflow-Signature": signature}, secret, now=clock
    )
    assert sent_at.isoformat() == "2024-07-30T20:07:15.277000+00:00"


def shapes() -> dict[str, Any]:
    timestamp, signature = HEADERS.values()
    meta = {"HTTP_X_WEBFLOW_TIMESTAMP": timestamp, "HTTP_X_WEBFLOW_SIGNATURE": signature}
    environ = {**meta, "wsgi.input": object(), "REQUEST_METHOD": "POST", "wsgi.version": (1, 0)}
    raw = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
    return {
        "lower case": HEADERS,
        "title case": {name.title(): value for name, value in HEADERS.items()},
        "upper case": {name.upper(): value for name, value in HEADERS.items()},
        "httpx": httpx.Headers(HEADERS),
        "httpx2": httpx2.Headers(HEADERS),
        "Flask": EnvironHeaders(environ),
        "werkzeug": WerkzeugHeaders(HEADERS),
        "Starlette": StarletteHeaders(HEADERS),
        "aiohttp": CIMultiDictProxy(CIMultiDict(HEADERS)),
        "http.server": parse_headers(io.BytesIO(b"".join(b"%b: %b\r\n" % pair for pair in raw))),
        "Django's META, a WSGI environ": environ,
        "an ASGI scope": [(b"host", b"\xff"), *raw],
        "bytes": dict(raw),
        "pairs of str": list(HEADERS.items()),
        "lists as an iterator": iter([list(pair) for pair in HEADERS.items()]),
    }


@pytest.mark.parametrize("shape", shapes())
def test_headers_are_found_in_any_shape(shape: str) -> None:
    event = webhooks.unwrap(BODY, shapes()[shape], SECRET, now=clock)
    assert isinstance(event, webhooks.NewOrder)
    assert event.sent_at is not None
    assert event.sent_at.timestamp() == MOMENT


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_the_body_is_bytes_of_any_kind_and_kept(kind: Any) -> None:
    assert webhooks.unwrap(kind(BODY), HEADERS, SECRET, now=clock).raw == BODY


def test_the_raw_bytes_are_signed_and_not_what_they_mean() -> None:
    body = b'{"triggerType": "x", "payload": 1.0}'
    headers = webhooks.sign(body, SECRET, now=clock)
    webhooks.verify(body, headers, SECRET, now=clock)
    assert reason(b'{"triggerType": "x", "payload": 1}', headers) == "wrong signature"
    assert reason(body + b"\n", headers) == "wrong signature"


@pytest.mark.parametrize("name", [TIMESTAMP, SIGNATURE])
@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "header missing"), ("", "header malformed"), ("é" * 64, "header malformed"),
        ("\N{FULLWIDTH DIGIT ONE}" * 13, "header malformed"), ("a" * 63, "header malformed"),
        ("A" * 64, "header malformed"), ("f" * 64 + "\n", "header malformed"), ("-1", "header malformed"),
        (" 1722370035277", "header malformed"), ("1e12", "header malformed"), ("9" * 5000, "header malformed"),
        (b"\xff" * 64, "header malformed"), (["a"], "header malformed"), (12.5, "header malformed"),
    ],
)  # fmt: skip
def test_a_header_that_is_missing_or_malformed(name: str, value: Any, why: str) -> None:
    headers: dict[str, Any] = {**HEADERS, name: value}
    if value is None:
        del headers[name]
    assert reason(headers=headers) == why


def test_a_header_that_is_there_twice_is_ambiguous() -> None:
    twice = [*HEADERS.items(), (SIGNATURE.upper(), HEADERS[SIGNATURE])]
    assert reason(headers=twice) == "header malformed"
    assert reason(headers=httpx.Headers(twice)) == "header malformed"


def test_the_signature_covers_the_timestamp() -> None:
    assert reason(headers={**HEADERS, TIMESTAMP: "1722370035278"}) == "wrong signature"
    assert reason(headers={**HEADERS, TIMESTAMP: "01722370035277"}) == "wrong signature"


@pytest.mark.parametrize("at", range(64))
def test_each_digit_of_the_signature_counts(at: int) -> None:
    digits = list(HEADERS[SIGNATURE])
    digits[at] = "0" if digits[at] != "0" else "1"
    assert reason(headers={**HEADERS, SIGNATURE: "".join(digits)}) == "wrong signature"


@pytest.mark.parametrize(
    ("seconds", "tolerance", "why"),
    [
        (0, 300, None), (299.9, 300, None), (-299.9, 300, None), (300.1, 300, "too old"),
        (-300.1, 300, "too far ahead"), (11, 10, "too old"), (-11, 10, "too far ahead"), (9, 10, None),
        (float("nan"), 300, "too far ahead"), (float("nan"), float("inf"), "too far ahead"),
        (float("inf"), 300, "too old"), (1e9, float("inf"), None), (0, 0, None), (0.001, 0, "too old"),
        (-1e11, 300, "too far ahead"),
    ],
)  # fmt: skip
def test_the_age_is_bounded_in_both_directions(seconds: float, tolerance: float, why: str | None) -> None:
    def later() -> float:
        return MOMENT + seconds

    if why is None:
        webhooks.unwrap(BODY, HEADERS, SECRET, tolerance=tolerance, now=later)
    else:
        assert reason(now=later, tolerance=tolerance) == why


def test_five_minutes_are_the_rule() -> None:
    webhooks.unwrap(BODY, HEADERS, SECRET, now=lambda: MOMENT + 299)
    assert reason(now=lambda: MOMENT + 301) == "too old"


def test_of_a_forged_delivery_the_time_says_nothing() -> None:
    assert reason(secret="another", now=lambda: MOMENT + 1e6) == "wrong signature"


def test_a_moment_that_no_calendar_has_is_refused() -> None:
    headers = webhooks.sign(BODY, SECRET, now=lambda: 9e11)
    assert reason(headers=headers, tolerance=float("inf")) == "header malformed"


def test_one_of_several_secrets_is_enough() -> None:
    for secrets in ([SECRET, "new"], ["new", SECRET], ("old", "new", SECRET), iter([SECRET])):
        webhooks.verify(BODY, HEADERS, secrets, now=clock)
    assert reason(secret=["old", "new"]) == "wrong signature"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"secret": ""}, ValueError), ({"secret": " \n"}, ValueError), ({"secret": []}, ValueError),
        ({"secret": f"{SECRET}\n"}, ValueError),
        ({"secret": [SECRET, ""]}, ValueError), ({"secret": None}, TypeError), ({"secret": b"k"}, TypeError),
        ({"secret": [None]}, TypeError), ({"body": BODY.decode()}, TypeError), ({"body": {}}, TypeError),
        ({"body": None}, TypeError), ({"headers": None}, TypeError), ({"headers": ["x"]}, TypeError),
        ({"headers": 7}, TypeError), ({"tolerance": -1}, ValueError), ({"tolerance": float("nan")}, ValueError),
        ({"tolerance": "300"}, ValueError),
    ],
)  # fmt: skip
def test_an_argument_that_cannot_be_right_is_refused_whatever_was_delivered(
    change: dict[str, Any], error: type[Exception]
) -> None:
    for function in (webhooks.unwrap, webhooks.verify):
        arguments: dict[str, Any] = {
            "body": BODY,
            "headers": HEADERS,
            "secret": SECRET,
            "now": clock,
            **change,
        }
        with pytest.raises(error) as caught:
            function(**arguments)
        assert not isinstance(caught.value, WebhookError)
        assert SECRET not in shown(caught.value)
        assert "dfa-3f1" not in shown(caught.value)


def shown(error: BaseException) -> str:
    """What the frames of ours show to somebody who prints a traceback with its locals."""
    frames = error.__traceback__
    while frames is not None and "contract_tests" in frames.tb_frame.f_code.co_filename:
        frames = frames.tb_next
    assert frames is not None
    rendered = Traceback.from_exception(type(error), error, frames, show_locals=True, locals_max_string=None)
    console = Console(file=io.StringIO(), record=True, width=200)
    console.print(rendered)
    plain = "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format())
    deep = [repr(frame.f_locals) for frame, _ in traceback.walk_tb(frames)]
    return console.export_text() + plain + repr(error) + repr(vars(error)) + repr(deep)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY + b"x", HEADERS),
        (BODY, {}),
        (BODY, {**HEADERS, TIMESTAMP: "x"}),
        (BODY[:-1], webhooks.sign(BODY[:-1], SECRET, now=clock)),
        (b'["dfa-3f1"]', webhooks.sign(b'["dfa-3f1"]', SECRET, now=clock)),
        (b'{"orderId":"dfa-3f1"}', webhooks.sign(b'{"orderId":"dfa-3f1"}', SECRET, now=clock)),
    ],
)
def test_an_error_shows_neither_the_secret_nor_the_body(body: bytes, headers: Any) -> None:
    with pytest.raises(WebhookError) as caught:
        webhooks.unwrap(body, headers, SECRET, now=clock)
    assert [each for each in (SECRET, "dfa-3f1", HEADERS[SIGNATURE]) if each in shown(caught.value)] == []
    with pytest.raises(WebhookError) as caught:
        webhooks.verify(body + b" ", headers, SECRET, now=clock)
    assert [each for each in (SECRET, "dfa-3f1", HEADERS[SIGNATURE]) if each in shown(caught.value)] == []


def test_each_reason_is_met() -> None:
    met = {
        reason(headers={}),
        reason(headers={**HEADERS, SIGNATURE: ""}),
        reason(secret="other"),
        reason(now=lambda: MOMENT + 1000),
        reason(now=lambda: MOMENT - 1000),
        reason(b"{", webhooks.sign(b"{", SECRET, now=clock)),
        reason(b"{}", webhooks.sign(b"{}", SECRET, now=clock)),
    }
    assert met == set(get_args(Reason))


# ---------------------------------------------------------------- hostile deliveries

BYTES = st.binary(max_size=80)
VALUES = st.one_of(
    st.text(max_size=70), BYTES, st.from_regex(r"[0-9]{10,17}"), st.from_regex(r"[0-9a-f]{64}")
)
NAMES = st.sampled_from(
    [TIMESTAMP, SIGNATURE, "HTTP_X_WEBFLOW_SIGNATURE", b"X-Webflow-Timestamp", "host", b"\xff"]
)


@given(body=BYTES, headers=st.lists(st.tuples(NAMES, VALUES), max_size=5))
def test_a_hostile_request_meets_only_our_error(body: bytes, headers: Any) -> None:
    reason(body, headers)
    reason(body, dict(headers))
