"""What is wrong with a body, and which field."""

from __future__ import annotations

import httpx
import pytest

JSON = {"Content-Type": "application/json"}


def _fields(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 400
    return [detail["field"] for detail in answer.json()["details"]]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[1]",
        b"null",
        b'"x"',
        b"1",
        b"\xff\xfe",
        b'{"comment": "\xff"}',
        b'{"comment": "\\ud800"}',
        b'{"x": NaN}',
        b"[" * 100_000,
        b" ",
        b'{"comment": "' + b"x" * 1_048_576 + b'"}',
    ],
    ids=lambda body: repr(body[:20]),
)
@pytest.mark.parametrize("action", ["", "/fulfill", "/refund"])
def test_a_body_that_is_no_json_object_is_refused(
    body: bytes, action: str, client: httpx.Client, orders_url: str
) -> None:
    method = "POST" if action else "PATCH"
    answer = client.request(method, f"{orders_url}/dfa-3f1{action}", content=body, headers=JSON)
    assert _fields(answer) == ["body"]


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "", None])
def test_a_body_that_does_not_say_it_is_json_is_refused(
    media_type: str | None, client: httpx.Client, orders_url: str
) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    answer = client.patch(f"{orders_url}/dfa-3f1", content=b'{"comment": "x"}', headers=headers)
    assert _fields(answer) == ["Content-Type"]


def test_a_charset_beside_the_media_type_is_fine(client: httpx.Client, orders_url: str) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    answer = client.patch(f"{orders_url}/dfa-3f1", content=b'{"comment": "x"}', headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("field", ["comment", "shippingProvider", "shippingTracking", "shippingTrackingURL"])
@pytest.mark.parametrize("value", [None, 1, True, {}, []])
def test_a_note_is_a_string_and_nothing_else(
    field: str, value: object, client: httpx.Client, orders_url: str
) -> None:
    before = client.get(f"{orders_url}/dfa-3f1").content
    assert _fields(client.patch(f"{orders_url}/dfa-3f1", json={field: value, "x": 1})) == [field]
    assert client.get(f"{orders_url}/dfa-3f1").content == before


@pytest.mark.parametrize("value", [None, 0, "true", {}])
def test_the_mail_switch_is_a_boolean(value: object, client: httpx.Client, orders_url: str) -> None:
    answer = client.post(f"{orders_url}/dfa-3f1/fulfill", json={"sendOrderFulfilledEmail": value})
    assert _fields(answer) == ["sendOrderFulfilledEmail"]


@pytest.mark.parametrize("value", [None, "", "requested_by_customer", "REQUESTED", 1, ["requested"]])
def test_the_reason_of_a_refund_is_one_of_three(value: object, client: httpx.Client, orders_url: str) -> None:
    assert _fields(client.post(f"{orders_url}/dfa-3f1/refund", json={"reason": value})) == ["reason"]


def test_an_update_needs_a_body_and_the_others_do_not(client: httpx.Client, orders_url: str) -> None:
    assert _fields(client.patch(f"{orders_url}/dfa-3f1")) == ["body"]
    assert _fields(client.patch(f"{orders_url}/dfa-3f1", headers=JSON)) == ["body"]
    assert client.post(f"{orders_url}/dfa-3f1/fulfill", headers=JSON).status_code == 200
    assert client.post(f"{orders_url}/dfa-3f1/unfulfill", content=b"{").status_code == 200
    assert client.post(f"{orders_url}/dfa-3f1/refund", json={"unknown": 1}).status_code == 200


def test_a_refusal_never_repeats_what_was_sent(client: httpx.Client, orders_url: str) -> None:
    answer = client.patch(f"{orders_url}/dfa-3f1", json={"comment": ["4242-4242"]})
    assert answer.status_code == 400
    assert "4242" not in answer.text


@pytest.mark.parametrize(
    ("action", "inner"),
    [
        ("", {"comment": "x"}),
        ("", {}),
        ("", {"shippingTracking": "tr-1", "shippingProvider": "Snail Post"}),
        ("/fulfill", {"sendOrderFulfilledEmail": True}),
        ("/refund", {"reason": "duplicate"}),
    ],
)
@pytest.mark.parametrize("beside", [{}, {"comment": "y"}])
def test_the_wrapper_of_v1_is_refused_by_v2_instead_of_changing_nothing(
    action: str, inner: dict[str, object], beside: dict[str, str], client: httpx.Client, orders_url: str
) -> None:
    before = client.get(f"{orders_url}/dfa-3f1").content
    body = {"fields": inner, **beside}
    answer = client.request("POST" if action else "PATCH", f"{orders_url}/dfa-3f1{action}", json=body)
    assert _fields(answer) == ["fields"]
    assert answer.json()["code"] == "validation_error"
    assert "without the wrapper" in answer.json()["details"][0]["message"]
    assert client.get(f"{orders_url}/dfa-3f1").content == before


@pytest.mark.parametrize("fields", ["comment", ["comment"], None, 1])
def test_an_unknown_field_of_that_name_is_ignored_like_any_other(
    fields: object, client: httpx.Client, orders_url: str
) -> None:
    answer = client.patch(f"{orders_url}/dfa-3f1", json={"fields": fields, "comment": "x"})
    assert (answer.status_code, answer.json()["comment"]) == (200, "x")
