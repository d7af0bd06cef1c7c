"""Does the model judge a server that it only knows by reading, and expect nothing of it that is not published?"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlencode

import pytest
from webflow_orders_contract.description import read
from webflow_orders_contract.gateway.exchange import Server
from webflow_orders_contract.gateway.guard import MOST_SILENCES
from webflow_orders_contract.gateway.proxy import Gateway, NoAnswer
from webflow_orders_contract.gateway.validator import Validator
from webflow_orders_contract.model import learned
from webflow_orders_contract.model.learned import LearnedChecker, TooMuch
from webflow_orders_contract.model.machine import AnyServersMachine
from webflow_orders_contract.model.runner import run
from webflow_orders_mock import MockServer, MockWebflow, Request, Response

from contract_tests.contract.conftest import gateway_to, mute
from contract_tests.contract.model.learning import judged, learn


class Theirs(MockWebflow):
    """A server that does as it likes where nothing is published: more fields, no rate limit, last order first."""

    def handle(self, request: Request) -> Response:
        answer = super().handle(request)
        if answer.status != 200 or request.path.startswith("/_mock"):
            return answer
        body = json.loads(answer.body)
        told = self.page(request, body) if request.path.endswith("/orders") else theirs(body)
        return Response(200, {"Content-Type": "application/json"}, json.dumps(told).encode())

    def page(self, request: Request, page: Any) -> Any:
        query = dict(parse_qsl(request.query))
        limit, offset = int(query.get("limit", 100)), int(query.get("offset", 0))
        everything = urlencode({name: value for name, value in query.items() if name == "status"})
        body = json.loads(super().handle(dataclasses.replace(request, query=everything)).body)
        found = [theirs(each) for each in reversed(body if isinstance(body, list) else body["orders"])]
        part = found[offset : offset + limit]
        return part if isinstance(page, list) else page | {"orders": part}


def theirs(order: dict[str, Any]) -> dict[str, Any]:
    return order | {"madeBy": "them"}


# Of a server that starts over in the observed dialect, whole runs say the same.
@pytest.mark.parametrize(("dialect", "reset"), [("observed", False), ("documented", True)])
def test_a_healthy_server_is_as_foretold(dialect: Literal["observed", "documented"], reset: bool) -> None:
    result = judged(MockWebflow(dialect=dialect), reset=reset)
    assert result.ok, result.failure
    assert len(result.compared) == 8
    assert min(result.compared.values()) > 10


def test_nothing_is_asked_of_the_mocks_own_door() -> None:
    class Closed(MockWebflow):
        def handle(self, request: Request) -> Response:
            assert not request.path.startswith("/_mock")
            return super().handle(request)

    assert judged(Closed(), reset=False, sequences=3).ok


def test_what_is_not_published_is_their_business() -> None:
    result = judged(Theirs(), sequences=2)
    assert result.ok, result.failure


def test_a_server_that_limits_how_often_it_is_asked_is_left_in_peace() -> None:
    class Busy(MockWebflow):
        def handle(self, request: Request) -> Response:
            answer = super().handle(request)
            return Response(429, {"Retry-After": "60"}, b"") if len(self.ledger) > 30 else answer

    mock = Busy()
    assert judged(mock, reset=False).ok
    assert len(mock.ledger) < 40


def test_so_many_orders_are_not_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned, "MOST_ORDERS", 20)
    with pytest.raises(TooMuch, match="27 orders"):
        judged(MockWebflow())


SEEN = (
    "refund-twice", "comment-is-lost-by-fulfill", "read-lags-behind", "conflict-is-200", "page-begins-late",
    "v1-counts-in-dollars",
)  # fmt: skip


@pytest.mark.parametrize(
    ("defect", "reset"), [*((each, True) for each in SEEN), (SEEN[0], False), (SEEN[2], False)]
)
def test_a_defect_is_noticed_and_shown_by_its_requests(defect: str, reset: bool) -> None:
    result = judged(MockWebflow(defect=defect), reset=reset)
    assert result.failure is not None
    assert result.failure.curl[-1].startswith("curl ")
    assert result.failure.answer.partition("\n")[0] in ("200 OK", "409 Conflict")
    if reset:
        assert len(result.failure.curl) <= 3, result.failure.curl


@pytest.mark.parametrize("body", [b"{}", b"[]", b"no JSON", b'{"orders": [{}], "pagination": {"total": 1}}'])
def test_what_is_no_page_of_orders_is_a_failure_and_no_crash(body: bytes) -> None:
    class Odd(MockWebflow):
        def handle(self, request: Request) -> Response:
            return Response(200, {"Content-Type": "application/json"}, body)

    failure = judged(Odd(), reset=False).failure
    assert failure is not None
    assert failure.message == "what came is no page of orders"


class InCapitals(MockWebflow):
    """A list tells each status in capitals: whatever was learned from it, v1 would be blamed."""

    def handle(self, request: Request) -> Response:
        answer = super().handle(request)
        if not request.path.startswith("/v2") or not request.path.endswith("/orders"):
            return answer
        return dataclasses.replace(answer, body=answer.body.replace(b'"unfulfilled"', b'"UNFULFILLED"'))


def test_what_is_learned_is_validated_and_what_is_wrong_is_not_believed() -> None:
    validator = Validator(read())
    with gateway_to(InCapitals(), reset="/_mock/reset", watchers=[validator]) as gateway:
        for _ in range(2):  # Also when the same has been said before.
            checker = LearnedChecker(gateway, validator)
            result = run(checker, seed=1, sequences=2, machine=AnyServersMachine)
            assert (result.failure, checker.unbelieved, checker.sequences) == (None, True, 0)
            checker.close()
    assert {each.what for each in validator.failures} == {"schema"}
    assert {each.where for each in validator.failures} == {"list-orders"}


class Otherwise(MockWebflow):
    """A list tells another comment than the order itself, and no schema minds."""

    def handle(self, request: Request) -> Response:
        answer = super().handle(request)
        if request.path.startswith("/_mock") or not request.path.endswith("/orders"):
            return answer
        body = json.loads(answer.body)
        for order in body if isinstance(body, list) else body["orders"]:
            order["comment"] = "?"
        return dataclasses.replace(answer, body=json.dumps(body).encode())


def test_what_list_and_get_tell_otherwise_is_blamed_on_them() -> None:
    failure = judged(Otherwise()).failure
    assert failure is not None
    assert "is listed otherwise than it is told by itself: /comment" in failure.message
    assert failure.curl[-1].endswith("/orders/dfa-3f1")


BREAKS = {
    "a path that leads nowhere": lambda request: request.path.endswith("/nothing"),
    "another method": lambda request: request.method == "PUT",
    "a byte in a path that is no text": lambda request: "%FF" in request.path,
    "a byte in a query that is no text": lambda request: "%FF" in request.query,
    "a charset": lambda request: "charset" in request.headers.get("content-type", ""),
}


@pytest.mark.parametrize("breaks", BREAKS.values(), ids=list(BREAKS))
def test_what_luck_would_not_ask_is_asked_by_example(breaks: Callable[[Request], bool]) -> None:
    class Breaks(MockWebflow):
        def handle(self, request: Request) -> Response:
            return Response(500, {}, b"") if breaks(request) else super().handle(request)

    failure = judged(Breaks(), reset=False, sequences=1).failure
    assert failure is not None
    assert "500 came" in failure.message


def test_a_note_in_another_spelling_is_not_taken_for_the_note() -> None:
    class Lenient(MockWebflow):
        def handle(self, request: Request) -> Response:
            body = request.body.replace(b"shipping_provider", b"shippingProvider")
            return super().handle(dataclasses.replace(request, body=body))

    failure = judged(Lenient(), reset=False, sequences=1).failure
    assert failure is not None
    assert "/shippingProvider" in failure.message


@pytest.mark.parametrize("tells_at_once", [True, False])
def test_what_is_no_field_and_is_stored_all_the_same_is_noticed(tells_at_once: bool) -> None:
    class Stores(Theirs):
        """It keeps whatever an update names, and shows it, if not in the answer to the update."""

        kept: ClassVar[dict[str, Any]] = {}

        def handle(self, request: Request) -> Response:
            answer = super().handle(request)
            if answer.status != 200 or request.path.endswith("/orders") or request.path.startswith("/_mock"):
                return answer
            order = json.loads(answer.body)
            sent = json.loads(request.body) if request.method == "PATCH" else {}
            self.kept.setdefault(order["orderId"], {}).update(
                {name: value for name, value in sent.items() if name not in order}
            )
            if sent and not tells_at_once:
                return answer
            return dataclasses.replace(answer, body=json.dumps(order | self.kept[order["orderId"]]).encode())

    failure = judged(Stores(), reset=False, sequences=1).failure
    assert failure is not None
    assert "is no field of an order" in failure.message


def test_a_server_that_is_not_there_is_a_failure_and_no_crash() -> None:
    with MockServer(MockWebflow()) as server:
        gone = server.url
    with Gateway(Server(base_url=gone, site=MockWebflow.site_id, token="t")) as gateway:
        failure = learn(gateway, 1).failure
    assert failure is not None
    assert "/orders?limit=100&offset=0: no answer" in failure.message
    assert failure.curl[-1].startswith("curl")


@pytest.mark.parametrize("end", ["/refund", "limit=%00"])
def test_what_is_never_answered_is_named_with_its_request_and_not_asked_for_ever(
    end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = mute(monkeypatch, end)
    failure = judged(MockWebflow(), reset=True, sequences=1).failure
    assert failure is not None
    assert f"{end}: no answer" in failure.message
    assert failure.curl[-1].rstrip("'").endswith(end)
    assert 1 < len(asked) <= MOST_SILENCES


def test_a_server_that_is_silent_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = mute(monkeypatch, "/orders")
    with gateway_to(MockWebflow()) as gateway:
        for _ in range(2 * MOST_SILENCES):
            with pytest.raises(NoAnswer):
                gateway.request("GET", f"/v2/sites/{gateway.server.site}/orders")
    assert len(asked) == MOST_SILENCES


def test_what_is_never_answered_in_the_end_is_not_said_to_be_answered_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mute(monkeypatch, "/refund")
    with gateway_to(MockWebflow(), reset="/_mock/reset") as gateway:
        gateway.breaker.silences = MOST_SILENCES - 1
        failure = learn(gateway, 1).failure
    assert failure is not None
    assert failure.message.endswith("/refund: no answer: nothing came within 30 seconds")


class Takes(MockWebflow):
    """It takes a parameter that comes twice with the same value, and a body of text for none."""

    all_of_them, does_it = False, True

    def handle(self, request: Request) -> Response:
        query = parse_qsl(request.query, keep_blank_values=True)
        if len(set(query)) < len(query):
            request = dataclasses.replace(
                request, query="" if self.all_of_them else urlencode(list(dict.fromkeys(query)))
            )
        if request.method == "POST" and request.headers.get("content-type", "").startswith("text/"):
            request = dataclasses.replace(request, body=b"")
            if not self.does_it and request.path.endswith("/fulfill"):
                path = request.path.removesuffix("/fulfill")
                answer = super().handle(dataclasses.replace(request, method="GET", path=path))
                now = {"status": "fulfilled", "fulfilledOn": "2025-03-31T08:12:40.102Z"}
                return dataclasses.replace(answer, body=json.dumps(json.loads(answer.body) | now).encode())
        return super().handle(request)


def test_what_no_sentence_forbids_may_be_taken() -> None:
    result = judged(Takes(), reset=False, sequences=1)
    assert result.ok, result.failure


class TakesAndForgets(Takes):
    does_it = False


class TakesAndLists(Takes):
    all_of_them = True


@pytest.mark.parametrize("mock", [TakesAndForgets, TakesAndLists])
def test_what_is_taken_is_then_done(mock: type[Takes]) -> None:
    failure = judged(mock(), reset=False, sequences=1).failure
    assert failure is not None
    assert "/status" in failure.message or "limit=5&limit=5" in failure.message
