"""State over HTTP, under /_mock."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from hypothesis import given, strategies as st
from webflow_orders_mock import MockServer, MockWebflow, order


@pytest.fixture
def control(mock: MockWebflow) -> httpx.Client:
    """A client without a token: none is asked for here."""
    return httpx.Client(transport=mock.transport(), base_url="http://mock/_mock")


def test_the_state_is_told(mock: MockWebflow, control: httpx.Client) -> None:
    state = control.get("").json()
    assert (state["dialect"], state["plan"], state["requests"]) == ("observed", "enterprise", 0)
    assert [(site["shop"], site["orders"]) for site in state["sites"]] == [(True, 27), (False, 0), (True, 0)]


def test_orders_are_seeded_put_and_listed(mock: MockWebflow, control: httpx.Client) -> None:
    site = "0" * 24
    url = f"/sites/{site}/orders"
    assert control.post(url, json=order("a")).json() == {"seeded": 1}
    assert control.post(url, json=[order("b"), order("c")]).json() == {"seeded": 2}
    assert control.put(f"{url}/b", json={"status": "pending"}).json() == {"seeded": 1}
    listed = control.get(url).json()["orders"]
    assert [(one["orderId"], one["status"]) for one in listed] == [
        ("a", "unfulfilled"),
        ("b", "pending"),
        ("c", "unfulfilled"),
    ]
    assert mock.orders[site, "b"].status == "pending"


def test_a_seed_gives_a_site_the_shop_it_lacked(mock: MockWebflow, control: httpx.Client) -> None:
    control.post(f"/sites/{mock.site_id_without_shop}/orders", json=order("a"))
    assert mock.orders[mock.site_id_without_shop, "a"].status == "unfulfilled"


def test_reset_goes_back_to_the_seed(
    mock: MockWebflow, control: httpx.Client, client: httpx.Client, orders_url: str
) -> None:
    client.post(f"{orders_url}/dfa-3f1/refund")
    mock.seed("0" * 24, order("a"))
    assert len(control.post("/reset").json()["sites"]) == 3
    assert mock.orders[mock.site_id, "dfa-3f1"].status == "unfulfilled"


def test_the_ledger_is_told_whole_or_since_a_number(
    control: httpx.Client, client: httpx.Client, orders_url: str
) -> None:
    for _ in range(3):
        client.get(orders_url)
    assert [line["seq"] for line in control.get("/ledger").json()["ledger"]] == [1, 2, 3]
    assert [line["seq"] for line in control.get("/ledger?since=2").json()["ledger"]] == [3]
    for senseless in ("x", "-1", "9" * 5000):
        answer = control.get(f"/ledger?since={senseless}")
        assert (answer.status_code, answer.json()) == (400, {"error": "since must be the number of an entry"})


def test_control_is_neither_counted_nor_noted(control: httpx.Client, mock: MockWebflow) -> None:
    answer = control.get("")
    assert "X-RateLimit-Limit" not in answer.headers
    assert len(mock.ledger) == 0


def test_faults_can_be_ordered(control: httpx.Client, client: httpx.Client, orders_url: str) -> None:
    assert control.post("/faults", json={"kind": "outage", "times": 2, "status": 502}).json() == {"queued": 2}
    assert [client.get(orders_url).status_code for _ in range(3)] == [502, 502, 200]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/nowhere", None, 404),
        ("DELETE", "/reset", None, 405),
        ("GET", "/reset", None, 405),
        ("POST", "/faults", {"kind": "flood"}, 400),
        ("POST", "/faults", {"kind": "outage", "colour": 1}, 400),
        ("POST", "/faults", {"kind": "outage", "status": "x"}, 400),
        ("POST", "/faults", [], 400),
        ("GET", "/sites/unknown/orders", None, 400),
        ("POST", "/sites/short/orders", {"orderId": "a", "status": "pending"}, 400),
        ("POST", "/sites/000000000000000000000000/orders", {"orderId": "a"}, 400),
        ("POST", "/sites/000000000000000000000000/orders", [1], 400),
        ("PUT", "/sites/000000000000000000000000/orders/a", None, 400),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(
    method: str, path: str, body: object, status: int, control: httpx.Client
) -> None:
    answer = control.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.json()["error"]
    assert ("Allow" in answer.headers) == (status == 405)


TOKENS, CLOCK, SEED = "/tokens", "/clock", f"/sites/{'0' * 24}/orders"
ORDER = f"/sites/{MockWebflow.site_id}/orders/dfa-3f1"
PLACED = f"/sites/{MockWebflow.site_id}/placed"


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        (TOKENS, {"token": 5}, "a token is printable ASCII"),
        (TOKENS, {"token": None}, "a token is printable ASCII"),
        (TOKENS, {}, "missing a required argument: 'token'"),
        (TOKENS, {"token": "t", "scopes": "ecommerce:read"}, "scopes must be a list"),
        (TOKENS, {"token": "t", "scopes": 5}, "scopes must be a list"),
        (TOKENS, {"token": "t", "scopes": [["x"]]}, "scopes must be a list of texts"),
        (TOKENS, {"token": "t", "sites": [5]}, "sites must be a list of texts"),
        (TOKENS, {"token": "t", "hidden": 1}, "hidden must be a list"),
        (TOKENS, {"token": "t", "plan": 5}, "there is no plan 5"),
        (TOKENS, {"token": "t", "plan": []}, "there is no plan"),
        (TOKENS, {"token": "t", "plan": "enterprise:" + "9" * 5000}, "there is no plan"),
        (TOKENS, {"token": "t", "colour": 1}, "unexpected keyword argument 'colour'"),
        (CLOCK, {}, "forward is what must be sent"),
        (CLOCK, {"forward": "1"}, "forward must be a number from 0 to 86400"),
        (CLOCK, {"forward": True}, "forward must be a number"),
        (CLOCK, {"forward": 1e300}, "forward must be a number"),
        (CLOCK, {"forward": None}, "forward must be a number"),
        (CLOCK, {"forward": 1, "back": 1}, "nothing else"),
        (SEED, [{"orderId": "a", "status": "pending"}] * 10_001, "10001 orders are too many at once"),
        ("/faults", {"kind": ["outage"]}, "kind must be one of"),
        ("/webhooks/faults", {"kind": {}}, "kind must be one of"),
        ("/defect", {"defect": ["refund-twice"]}, "defect must be null, or a name"),
        ("/defect", {"defect": {}}, "defect must be null, or a name"),
        (ORDER, {"action": ["update"]}, "action must be one of"),
        (ORDER, {"action": "update", "orderId": "abc-def"}, "an order keeps its orderId"),
        (ORDER, {"action": "update", "order": 1}, "no field 'order'"),
        ("/faults", {}, "kind must be one of"),
    ],
)
def test_a_wrong_value_is_a_400_that_says_what_is_right(
    path: str, body: object, said: str, control: httpx.Client
) -> None:
    answer = control.post(path, json=body)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert said in answer.json()["error"]
    assert len(answer.json()["error"]) < 300


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = ("kind", "times", "status", "retry_after", "seconds", "operation", "order_id", "applied", "self", "token",
        "scopes", "sites", "plan", "hidden", "forward", "orderId", "defect", "attempt", "attempts", "trigger", 
        "action", "reason", "number")  # fmt: skip
BODIES = JSON | st.dictionaries(
    st.sampled_from(KEYS), JSON | st.sampled_from(["outage", "late", "update", "pending", 1])
)
PATHS = ["/faults", TOKENS, CLOCK, SEED, f"{SEED}/a", "/reset", "/webhooks/faults", "/defect", ORDER, PLACED,
         "/deliveries/1/replay"]  # fmt: skip


@given(path=st.sampled_from(PATHS), body=BODIES)
def test_no_body_is_ever_a_failure_of_the_mock(path: str, body: object) -> None:
    mock = MockWebflow(shop=path == ORDER)
    with httpx.Client(transport=mock.transport(), base_url="http://mock/_mock") as client:
        answer = client.request("PUT" if path.endswith("/a") else "POST", path, json=body)
    assert answer.status_code in (200, 400)
    assert answer.status_code == 200 or answer.json()["error"]


HERE = {"Host": "127.0.0.1:8080"}
STRANGERS = [
    ({"Host": "evil.example"}, "hosts"),
    ({"Host": "evil.example:8080"}, "hosts"),
    ({"Host": "127.0.0.1.evil.example"}, "hosts"),
    ({"Host": "localhost.evil.example"}, "hosts"),
    ({"Host": "localhost@evil.example"}, "hosts"),
    ({"Host": "127.0.0.1:8080, evil.example"}, "hosts"),
    ({"Host": "10.0.0.1"}, "hosts"),
    ({**HERE, "Origin": "https://evil.example"}, "origin"),
    ({**HERE, "Origin": "http://localhost.evil.example"}, "origin"),
    ({**HERE, "Origin": "null"}, "origin"),
    ({**HERE, "Origin": ""}, "origin"),
    ({**HERE, "Origin": "file://localhost"}, "origin"),
]
FRIENDS = [
    HERE,
    {"Host": "127.0.0.1"},
    {"Host": "localhost"},
    {"Host": "LocalHost:9"},
    {"Host": "[::1]:65535"},
    {**HERE, "Origin": "http://localhost:3000"},
    {**HERE, "Origin": "https://127.0.0.1"},
]


@pytest.mark.parametrize(("headers", "said"), STRANGERS)
def test_a_web_page_of_somebody_else_controls_nothing(
    headers: dict[str, str], said: str, mock: MockWebflow, orders_url: str
) -> None:
    mock.seed(mock.site_id, order("kept"))

    async def asked() -> httpx.Response:
        asgi = httpx.ASGITransport(app=mock.asgi)
        async with httpx.AsyncClient(transport=asgi, base_url="http://x", headers=headers) as client:
            return await client.post("/_mock/reset")

    with MockServer(mock) as server:
        answers = [httpx.post(f"{server.url}/_mock/reset", headers=headers), asyncio.run(asked())]
        answers.append(httpx.get(f"{server.url}/_mock", headers=headers))
        api = httpx.get(
            f"{server.url}{orders_url}", headers={**headers, "Authorization": "Bearer mock-token"}
        )
    assert [each.status_code for each in answers] == [403] * 3
    assert all(said in each.json()["error"] for each in answers)
    assert (mock.site_id, "kept") in mock.orders
    assert api.status_code == 200, "Only control is concerned."


@pytest.mark.parametrize("headers", FRIENDS)
def test_who_is_on_this_machine_may_control_it(headers: dict[str, str], mock: MockWebflow) -> None:
    with MockServer(mock) as server:
        assert httpx.post(f"{server.url}/_mock/reset", headers=headers).status_code == 200
