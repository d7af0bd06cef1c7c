"""Does a recording hold what answers look like, and nothing that they say, and never get in the way?"""

from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st
from webflow_orders import AsyncOrdersClient, OrdersClient
from webflow_orders_contract.description import read as described
from webflow_orders_contract.drift import __main__ as drift
from webflow_orders_contract.drift.recordings import added_up, read
from webflow_orders_contract.drift.replay import differences
from webflow_orders_contract.gateway.recorder import line_of
from webflow_orders_contract.record import Recorder
from webflow_orders_contract.settings import UsageError
from webflow_orders_mock import MockServer, MockWebflow

SITE = MockWebflow().site_id
URL = f"https://api.webflow.com/v2/sites/{SITE}/orders/dfa-3f1"
LIST = URL.rpartition("/")[0]


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(tmp_path / "traffic.ndjson")


def test_a_client_records_by_its_transport_and_reads_the_same_as_without(recorder):
    mock = MockWebflow()
    with OrdersClient(
        token=mock.token, site_id=SITE, transport=recorder.transport(mock.transport())
    ) as orders:
        recorded = orders.get("dfa-3f1")
    with OrdersClient(token=mock.token, site_id=SITE, transport=mock.transport()) as orders:
        assert orders.get("dfa-3f1") == recorded
    (line,) = _lines(recorder.path)
    assert (line["operation"], line["status"], recorder.lost) == ("get-order", 200, 0)
    assert line["seen"]["/status"] == {"types": {"string": 1}, "words": {"unfulfilled": 1}}
    assert stat.S_IMODE(recorder.path.stat().st_mode) == 0o600


def test_both_clients_record_what_comes_over_a_socket(recorder):
    with MockServer(MockWebflow()) as server:
        common: Any = {"token": server.mock.token, "site_id": SITE, "base_url": server.url}
        with OrdersClient(**common, transport=recorder.transport()) as orders:
            count = len(list(orders.iter(page_size=10)))

        async def awaiting() -> int:
            async with AsyncOrdersClient(**common, transport=recorder.async_transport()) as orders:
                return len([order async for order in orders.iter(page_size=10)])

        assert asyncio.run(awaiting()) == count == 27
    lines = _lines(recorder.path)
    assert [line["query"] for line in lines] == [["limit", "offset"]] * len(lines)
    assert sum(line["seen"]["/orders/*"]["types"]["object"] for line in lines) == 2 * 27


def test_any_httpx_client_records_by_its_transport(recorder):
    mock = MockWebflow()
    headers = {"Authorization": f"Bearer {mock.token}"}
    with httpx.Client(transport=recorder.transport(mock.transport()), headers=headers) as client:
        assert client.get(URL).json()["orderId"] == "dfa-3f1"

    async def awaiting() -> None:
        transport = recorder.async_transport(mock.transport())
        async with httpx.AsyncClient(transport=transport, headers=headers) as client:
            assert (await client.get(URL)).status_code == 200

    asyncio.run(awaiting())
    assert [line["status"] for line in _lines(recorder.path)] == [200, 200]


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_compressed_body_passes_as_it_came_and_is_recorded_decoded(recorder, coding):
    import gzip
    import zlib

    plain = b'{"orderId": "dfa-3f1", "status": "pending"}'
    packed = gzip.compress(plain) if coding == "gzip" else zlib.compress(plain)

    class Body(httpx.SyncByteStream):
        def __iter__(self):
            yield packed[:9]
            yield packed[9:]

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": coding}, stream=Body())

    class Inner(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return answer(request)

    with httpx.Client(transport=recorder.transport(Inner())) as client:
        assert client.get(URL).content == plain
    assert _lines(recorder.path)[0]["seen"]["/orderId"] == {"types": {"string": 1}}


def test_a_recorder_that_can_not_write_never_disturbs_the_call(tmp_path):
    recorder = Recorder(tmp_path / "nowhere" / "x.ndjson")
    mock = MockWebflow()
    with OrdersClient(
        token=mock.token, site_id=SITE, transport=recorder.transport(mock.transport())
    ) as orders:
        assert orders.get("dfa-3f1").order_id == "dfa-3f1"
    assert recorder.lost == 1


def test_what_is_no_call_of_this_api_is_not_recorded(recorder):
    recorder.record("GET", "https://api.webflow.com/v2/sites", 200, {}, b"{}")
    recorder.record("DELETE", URL, 200, {}, b"{}")
    assert not recorder.path.exists()


texts = st.text(min_size=1).map(lambda text: f"§{text}§")
SECRETS = st.recursive(
    texts | st.integers(10**6) | st.floats(1e6, 1e9).map(lambda number: number + 0.25),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(texts | st.just("comment"), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["orderId", "status", "comment", "customerInfo", "allAddresses", "stripeCard", "unheard"]
)


@given(st.dictionaries(FIELDS, SECRETS, max_size=5))
def test_no_value_whatever_gets_into_a_recording(body):
    line = line_of(
        described(), "GET", f"{URL}?status=Jane&q=Jane", 200, ["X-Jane Doe"], "", json.dumps(body).encode()
    )
    written = json.dumps(line, ensure_ascii=False)
    assert "§" not in written
    assert "Jane" not in written
    assert "dfa-3f1" not in written
    assert not any(str(number) in written for number in _numbers(body))


def _numbers(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [number for child in value.values() for number in _numbers(child)]
    if isinstance(value, list):
        return [number for child in value for number in _numbers(child)]
    return [value] if isinstance(value, int | float) else []


def test_a_word_is_kept_where_the_description_has_an_enum_and_nowhere_else():
    body = {
        "orderId": "a-b",
        "status": "half-shipped",
        "comment": "fulfilled",
        "disputeLastStatus": "Jane 4242",
    }
    line = line_of(described(), "GET", URL, 200, [], "application/json", json.dumps(body).encode())
    assert line is not None
    words = {pointer: seen["words"] for pointer, seen in line["seen"].items() if "words" in seen}
    assert words == {"/status": {"half-shipped": 1}, "/disputeLastStatus": {"?": 1}}


def _page(brand: str, *customers: dict[str, Any]) -> dict[str, Any]:
    """The words that a recording has of the orders of these customers, each paid with such a card."""
    orders = [
        {"orderId": "a-b", "status": "Jane Doe", "stripeCard": {"brand": brand}} | each for each in customers
    ]
    body = {"orders": orders, "pagination": {"limit": 100, "offset": 0, "total": len(orders)}}
    line = line_of(described(), "GET", LIST, 200, [], "application/json", json.dumps(body).encode())
    assert line is not None
    return {pointer: seen["words"] for pointer, seen in line["seen"].items() if "words" in seen}


def _called(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"customerInfo": {"fullName": name}} | more for name in names]


@pytest.mark.parametrize(
    "brand", ["RuPay", "Carte Bleue", "eftpos_Australia", "CREDIT-MUTUEL", "Crédit d'Oc"]
)
def test_a_new_word_of_an_open_list_is_kept_however_it_is_spelt_and_of_a_closed_one_no_name(brand):
    words = _page(brand, *_called("Ann One", "Bob Two", "Cid Three"))
    assert words == {"/orders/*/status": {"?": 3}, "/orders/*/stripeCard/brand": {brand: 3}}


# What is said of an order by a customer, and stands in the place of a card's brand as well.
PERSONAL = {
    "one order": [*_called("Ann One", "Bob Two"), {}],
    "the same customer, again and again": _called(*["Jane Doe"] * 5),
    "the same by another case": _called("ANN ONE", "Ann One", "ann one", "Bob Two"),
    "the name of one of them": _called("Ann One", "Bob Two", "Cid Three", "Jane Doe"),
    "a part of the name of one of them": _called("Ann One", "Bob Two", "Cid Three", "Frau Doe"),
    "the owner of a card": _called(
        "Ann One", "Bob Two", "Cid Three", shippingAddress={"addressee": "J. DOE"}
    ),
    "in an e-mail address": [
        {"customerInfo": {"fullName": name, "email": "jane.doe@example.com"}} for name in ("A", "B", "C", "D")
    ],
    "in a note": _called("Ann One", "Bob Two", "Cid Three", comment="for jane doe"),
    "no customers at all": [{}, {}, {}, {}],
}


@pytest.mark.parametrize("who", PERSONAL)
def test_what_could_be_a_name_is_not_kept_where_a_brand_should_be(who):
    words = _page("Jane Doe", *PERSONAL[who])
    assert words["/orders/*/stripeCard/brand"] == {"?": len(PERSONAL[who])}


def test_the_word_of_an_error_is_kept_if_a_machine_writes_so():
    for code, kept in (
        ("order_is_locked", "order_is_locked"),
        ("Jane Doe is locked", "?"),
        ("jane4242", "?"),
    ):
        body = json.dumps({"code": code, "message": "no"}).encode()
        line = line_of(described(), "GET", URL, 404, [], "application/json", body)
        assert line is not None
        assert line["seen"]["/code"]["words"] == {kept: 1}


@pytest.mark.parametrize(
    "value", ["4242 4242", "jane@shop.example", "+49 30 1234", "Jane\nDoe", "x" * 41, "§"]
)
def test_what_is_no_word_is_not_kept_even_where_the_list_is_open(value):
    body = {"stripeCard": {"brand": value}, "disputeLastStatus": value}
    line = line_of(described(), "GET", URL, 200, [], "application/json", json.dumps(body).encode())
    assert value not in json.dumps(line, ensure_ascii=False)


def _har(*bodies: Any, status: int = 200) -> dict[str, Any]:
    entry = {
        "request": {"method": "GET", "url": URL},
        "response": {
            "status": status,
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "content": {"mimeType": "application/json"},
        },
    }
    entries = []
    for body in bodies:
        response = entry["response"] | {"content": {"mimeType": "application/json", "text": json.dumps(body)}}
        entries.append(entry | {"response": response})
    return {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": entries}}


def test_a_har_says_the_same_as_a_recording_of_the_same_traffic(tmp_path, recorder, examples):
    order = examples["Order"]
    recorder.record("GET", URL, 200, {"Content-Type": "application/json"}, json.dumps(order).encode())
    har = tmp_path / "traffic.har"
    har.write_text(json.dumps(_har(order)))
    assert read(har, described()) == read(recorder.path, described())


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"log": 7}', "just text", '{"operation": 1, "status": 2}']
)
def test_what_is_no_recording_is_a_plain_sentence(tmp_path, text, capsys):
    path = tmp_path / "x"
    path.write_text(text)
    with pytest.raises(UsageError):
        read(path, described())
    assert drift.main([str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_answers_are_added_up_by_operation_and_status(tmp_path, recorder):
    for status in (200, 200, 404):
        recorder.record("GET", URL, status, {}, b'{"orderId": null}')
    groups = added_up(read(recorder.path, described()))
    assert [(each.operation, each.status, each.count) for each in groups] == [
        ("get-order", 200, 2),
        ("get-order", 404, 1),
    ]
    assert groups[0].times("/orderId", "null") == 2


def _mock_traffic(recorder: Recorder) -> None:
    mock = MockWebflow()
    common: Any = {"token": mock.token, "site_id": SITE, "transport": recorder.transport(mock.transport())}
    with OrdersClient(**common) as orders:
        page = orders.list()
        for order in page.orders[:5]:
            orders.get(order.order_id)
        orders.fulfill("f61-2e8")
        with pytest.raises(Exception, match="404"):
            orders.get("000-000")


def test_a_recording_of_the_mock_replays_without_a_difference(recorder):
    _mock_traffic(recorder)
    assert differences(read(recorder.path, described()), described()) == []


@pytest.mark.parametrize(
    ("change", "pointer", "recorded"),
    [
        ({"unheard": "of"}, "/unheard", "string"),
        ({"comment": 7}, "/comment", "integer"),
        ({"acceptedOn": "yesterday"}, "/acceptedOn", "string"),
        ({"purchasedItems": None}, "/purchasedItems", "null"),
    ],
)
def test_a_replay_lists_what_the_mock_never_sends(recorder, examples, change, pointer, recorded):
    body = json.dumps(examples["Order"] | change).encode()
    recorder.record("GET", URL, 200, {"Content-Type": "application/json"}, body)
    found = differences(read(recorder.path, described()), described())
    assert [(each.pointer, each.recorded) for each in found] == [(pointer, recorded)]


def test_a_replay_lists_what_the_mock_always_sends_and_the_recording_never_has(recorder, examples, capsys):
    order = examples["Order"]
    del order["totals"]
    recorder.record("GET", URL, 200, {}, json.dumps(order).encode())
    assert drift.main([str(recorder.path), "--replay", "--fail"]) == 1
    assert "/totals: recorded absent; the mock object" in capsys.readouterr().out


def test_a_status_that_the_mock_never_answers_is_listed(recorder):
    recorder.record("GET", URL, 418, {}, b"{}")
    (found,) = differences(read(recorder.path, described()), described())
    assert (found.status, found.mock) == (418, "never answers so")
    for status in (401, 403, 404, 429, 500):
        recorder.path.unlink()
        mock_body = {"code": "not_authorized", "message": "no", "externalReference": None, "details": []}
        recorder.record("GET", URL, status, {}, json.dumps(mock_body).encode())
        assert differences(read(recorder.path, described()), described()) == []
