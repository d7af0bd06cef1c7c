"""Can the mock be wrong on purpose: is each defect of the table there, and does it change an answer?"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import httpx
import pytest
from webflow_orders_mock import MockWebflow, order
from webflow_orders_mock.__main__ import main
from webflow_orders_mock.defects import DEFECTS, FAMILIES, PARTS

NOON = 1_742_558_400.0
SITE, HIDDEN = MockWebflow.site_id, MockWebflow.site_id_of_another
V2, V1 = f"/v2/sites/{SITE}/orders", f"/sites/{SITE}"
LISTS = (V2, f"{V1}/orders")
READER, WRITER = "reader", "writer"
HUGE = b'{"comment": "' + b"x" * 1024 * 1024 + b'"}'

Ask = tuple[str, str, dict[str, Any]]


def _get(path: str, **more: Any) -> Ask:
    return "GET", path, more


def _as(token: str, method: str, path: str) -> Ask:
    return method, path, {"headers": {"Authorization": token}}


def _lists() -> Iterator[Ask]:
    for path in LISTS:
        for query in ("", "?limit=5&offset=25", "?limit=0", "?limit=101", "?limit=-1", "?limit=abc", "?limit=2.5",
                      "?offset=-1", "?offset=2147483650", "?offset=1000", "?limit=5&limit=6", "?status=disputed",
                      "?status=shipped", "?status=FULFILLED", "?status=fulfilled&limit=3", "?limit=3&offset=3",
                      ""):  # fmt: skip
            yield _get(path + query)
        yield _get(f"{path}/")
    for path in (V2, f"{V2}/dfa-3f1", f"{V1}/orders"):
        yield "DELETE", path, {}
    yield _get(f"/v2/sites/{SITE.upper()}/orders")
    yield _get(f"/v2/sites/{SITE}%20/orders")
    yield _get("/v2/sites/short/orders")
    yield _get(f"/v2/sites/{MockWebflow.site_id_without_shop}/orders")
    yield _get(f"/v2/sites/{HIDDEN}/orders")
    yield _get(f"/v2/sites/{SITE}/orders/of-hidden")


def _strangers() -> Iterator[Ask]:
    bearers = ("Bearer mock-tokens", "Bearer MOCK-TOKEN", "Bearer nobody", "Basic mock-token")
    for token in ("", *bearers, f"Bearer {MockWebflow.token_of_another}"):
        for path in LISTS:
            yield _as(token, "GET", path)
        yield _as(token, "POST", f"{V2}/dfa-3f1/refund")
    yield _as("", "GET", f"{V2}?access_token=mock-token")
    for token in (READER, WRITER):
        yield _as(f"Bearer {token}", "GET", V2)
        yield _as(f"Bearer {token}", "POST", f"{V2}/dfa-3f1/refund")
    for _ in range(4):
        yield _as("Bearer hasty", "GET", f"{V2}?limit=1")


def _bodies() -> Iterator[Ask]:
    for content in (
        b"",
        b"null",
        b"[]",
        b'{"comment": 5}',
        b'{"comment": "x"',
        HUGE,
        '{"comment": "🦊"}'.encode(),
    ):
        yield "PATCH", f"{V2}/41b-e07", {"content": content, "headers": {"Content-Type": "application/json"}}
    yield (
        "PATCH",
        f"{V2}/41b-e07",
        {"content": b'{"comment": "x"}', "headers": {"Content-Type": "text/plain"}},
    )
    yield "POST", f"{V2}/41b-e07/fulfill", {"json": {"sendOrderFulfilledEmail": "yes"}}
    yield "POST", f"{V2}/8fe-d22/refund", {"json": {"reason": "because"}}
    yield _get(f"{V1}/orders", headers={"Accept-Version": "2.0.0"})


def _lives() -> Iterator[Ask]:
    everything = [(f"{V2}/{each}", f"{V1}/order/{each}") for each in ("dfa-3f1", "7c1-9fd", "41b-e07", "c3d-118",
                                                                    "0d1-2aa", "f61-2e8", "000-000")]  # fmt: skip
    for new, old in everything:
        for comment in (f" {'long ' * 40}", "x"):
            yield "PATCH", new, {"json": {"comment": comment, "shippingTracking": "tr-1"}}
        yield "PATCH", new, {"json": {"shippingProvider": "Snail Post"}}
        for action in (
            "fulfill",
            "unfulfill",
            "unfulfill",
            "fulfill",
            "fulfill",
            "refund",
            "refund",
            "fulfill",
        ):
            yield "POST", f"{new}/{action}", {"json": {"reason": "requested"}} if action == "refund" else {}
            yield _get(new)
            yield _get(old)
        yield from map(_get, LISTS)


def _hooks(mock: MockWebflow) -> Iterator[Ask]:
    """Webhooks that are made, shown and removed. Their ids are the same each time."""
    at, url = f"/v2/sites/{SITE}/webhooks", "https://receiver.invalid/hook"
    changed = {"triggerType": "ecomm_order_changed", "url": url}

    def make(**fields: Any) -> Ask:
        return "POST", at, {"json": {**changed, **fields}}

    yield from (_get(at), make(), make(), make(triggerType="ecomm_new_order"), make(url=f"{url}/2"))
    yield from (make(url="nowhere"), make(triggerType="a_new_moon"), _get(at))
    yield "POST", at, {"json": changed, "headers": {"Authorization": f"Bearer {WRITER}"}}
    first = next(iter(mock.webhooks.of_site(SITE))).webhook_id
    hidden = mock.webhooks.create(HIDDEN, "ecomm_new_order", url, secret="of the hidden one").webhook_id
    for each in (first, hidden, "0" * 24):
        yield _get(f"/v2/webhooks/{each}")
    yield _get(at)
    for each in (first, first, hidden):
        yield "DELETE", f"/v2/webhooks/{each}", {}
        yield _get(f"/v2/webhooks/{each}")
    yield _get(at)
    for number in range(76):
        yield make(url=f"{url}/{number}", triggerType="ecomm_new_order")
    yield _get(at)


def _answers(defect: str | None) -> Iterator[tuple[str, object]]:
    """What is answered to the same requests, by a mock whose clock stands still."""
    mock = MockWebflow(defect=defect, clock=lambda: NOON)
    mock.seed(HIDDEN, order("of-hidden"))
    mock.add_token(READER, scopes=["ecommerce:read"])
    mock.add_token(WRITER, scopes=["ecommerce:write"])
    mock.add_token("hasty", plan="enterprise:2")
    secrets: dict[str, str] = {}
    """Each secret that was shown, by the order in which it was: they are drawn anew each time."""
    with httpx.Client(transport=mock.transport(), base_url="http://mock") as client:
        asked = itertools.chain(_lists(), _strangers(), _bodies(), _lives(), _hooks(mock))
        for method, path, more in asked:
            headers = {"Authorization": f"Bearer {mock.token}"} | more.get("headers", {})
            yield _answer(client, method, path, {**more, "headers": headers}, secrets)
        mock.forward(61)
        yield _answer(client, "GET", V2, {"headers": {"Authorization": "Bearer hasty"}}, secrets)


@cache
def _healthy() -> Sequence[tuple[str, object]]:
    return tuple(_answers(None))


def _answer(
    client: httpx.Client, method: str, path: str, more: dict[str, Any], secrets: dict[str, str]
) -> tuple[str, object]:
    answer = client.request(method, path, **more)
    # Read as JSON, for the same order written another way is no other answer; but dates as they are written.
    try:
        told: object = answer.json()
    except ValueError:
        told = answer.text
    if isinstance(told, dict) and "secretKey" in told:
        told["secretKey"] = secrets.setdefault(told["secretKey"], f"secret {len(secrets)}")
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return f"{method} {path}", (answer.status_code, headers, told)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_changes_what_is_answered_and_not_all_of_it(name: str) -> None:
    seen = set()
    for (_, wrong), (_, right) in zip(_answers(name), _healthy(), strict=True):
        seen.add(wrong == right)
        if len(seen) == 2:
            break
    assert seen == {True, False}


def test_there_are_defects_in_every_family_and_for_every_part_of_the_suite() -> None:
    assert len(DEFECTS) >= 60
    assert {each.family for each in DEFECTS.values()} == set(FAMILIES)
    assert {each.caught_by for each in DEFECTS.values()} == set(PARTS)


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=lambda each: each.name)
def test_a_defect_has_a_name_and_a_sentence_of_its_own(defect: Any) -> None:
    assert defect.name.replace("-", "").isalnum()
    assert defect.sentence.endswith(".")
    assert [each.name for each in DEFECTS.values() if each.sentence == defect.sentence] == [defect.name]


def test_no_two_rows_of_the_tables_have_the_same_name() -> None:
    from webflow_orders_mock import defects

    assert len(DEFECTS) == sum(len(table) for table in defects._TABLES.values())


def test_an_unknown_defect_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no defect 'sloth'"):
        MockWebflow(defect="sloth")


def test_the_defects_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--defects"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == list(DEFECTS)


def test_the_control_paths_are_not_wrong(client: httpx.Client) -> None:
    mock = MockWebflow(defect="order-is-html")
    with httpx.Client(transport=mock.transport(), base_url="http://mock") as wrong:
        told, healthy = wrong.get("/_mock").json(), client.get("/_mock").json()
        assert {**told, "time": healthy["time"]} == {**healthy, "defect": "order-is-html"}


def test_a_reset_makes_a_defect_forget() -> None:
    mock = MockWebflow(defect="minute-never-ends", plan="enterprise:1")
    with httpx.Client(transport=mock.transport(), base_url="http://mock") as client:
        client.headers["Authorization"] = f"Bearer {mock.token}"
        assert [client.get(V2).status_code for _ in range(2)] == [200, 429]
        mock.forward(61)
        assert client.get(V2).status_code == 429
        mock.reset()
        assert client.get(V2).status_code == 200


def test_the_clock_can_be_put_forward_over_http(client: httpx.Client, mock: MockWebflow) -> None:
    before = mock.now()
    assert client.post("/_mock/clock", json={"forward": 61}).json() == {"time": "2025-03-21T12:01:01.000Z"}
    assert mock.now() == before + 61
    assert client.post("/_mock/clock", json={"forward": -1}).status_code == 400
    mock.reset()
    assert mock.now() == before


def test_a_token_can_be_let_in_over_http(client: httpx.Client, orders_url: str) -> None:
    body = {"token": "reader", "scopes": ["ecommerce:read"], "plan": "starter"}
    assert client.post(
        "/_mock/tokens", content=json.dumps(body), headers={"Content-Type": "application/json"}
    ).is_success
    answer = client.get(orders_url, headers={"Authorization": "Bearer reader"})
    assert (answer.status_code, answer.headers["X-RateLimit-Limit"]) == (200, "60")
    assert client.post("/_mock/tokens", json={"token": "x", "scopes": ["all"]}).status_code == 400
