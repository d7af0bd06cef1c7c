"""Does the model judge a server that it only knows by reading, and expect nothing of it that is not published?"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import pytest
from webflow_orders_contract.description import read
from webflow_orders_contract.description.writes import NOTES
from webflow_orders_contract.gateway.exchange import Server
from webflow_orders_contract.gateway.proxy import Gateway
from webflow_orders_contract.gateway.validator import Validator
from webflow_orders_contract.model import examples, learned
from webflow_orders_contract.model.learned import LearnedChecker, TooMuch
from webflow_orders_contract.model.machine import AnyServersMachine
from webflow_orders_contract.model.runner import ModelResult, run
from webflow_orders_mock import MockServer, MockWebflow, Request, Response

from contract_tests.contract.conftest import gateway_to


def _judged(mock: MockWebflow, *, reset: bool = True, sequences: int = 8) -> ModelResult:
    with gateway_to(mock, reset="/_mock/reset" if reset else None) as gateway:
        return _run(gateway, sequences)


def _run(gateway: Gateway, sequences: int) -> ModelResult:
    checker = LearnedChecker(gateway, Validator(read()))
    try:
        return run(checker, seed=1, sequences=sequences, machine=AnyServersMachine)
    finally:
        checker.close()


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
def test_a_healthy_server_is_as_foretold(dialect: str, reset: bool) -> None:
    result = _judged(MockWebflow(dialect=dialect), reset=reset)  # type: ignore[arg-type]  # A str of parametrize.
    assert result.ok, result.failure
    assert len(result.compared) == 8
    assert min(result.compared.values()) > 10


def test_nothing_is_asked_of_the_mocks_own_door() -> None:
    class Closed(MockWebflow):
        def handle(self, request: Request) -> Response:
            assert not request.path.startswith("/_mock")
            return super().handle(request)

    assert _judged(Closed(), reset=False, sequences=3).ok


def test_what_is_not_published_is_their_business() -> None:
    result = _judged(Theirs())
    assert result.ok, result.failure


def test_a_server_that_limits_how_often_it_is_asked_is_left_in_peace() -> None:
    class Busy(MockWebflow):
        def handle(self, request: Request) -> Response:
            answer = super().handle(request)
            return Response(429, {"Retry-After": "60"}, b"") if len(self.ledger) > 30 else answer

    mock = Busy()
    assert _judged(mock, reset=False).ok
    assert len(mock.ledger) < 40


def test_so_many_orders_are_not_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learned, "MOST_ORDERS", 20)
    with pytest.raises(TooMuch, match="27 orders"):
        _judged(MockWebflow())


SEEN = (
    "refund-twice", "comment-is-lost-by-fulfill", "read-lags-behind", "conflict-is-200", "page-begins-late",
    "v1-counts-in-dollars",
)  # fmt: skip


@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize("defect", SEEN)
def test_a_defect_is_noticed_and_shown_by_its_requests(defect: str, reset: bool) -> None:
    result = _judged(MockWebflow(defect=defect), reset=reset)
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

    failure = _judged(Odd(), reset=False).failure
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
    failure = _judged(Otherwise()).failure
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

    failure = _judged(Breaks(), reset=False, sequences=1).failure
    assert failure is not None
    assert "500 came" in failure.message


def test_a_note_in_another_spelling_is_not_taken_for_the_note() -> None:
    class Lenient(MockWebflow):
        def handle(self, request: Request) -> Response:
            body = request.body.replace(b"shipping_provider", b"shippingProvider")
            return super().handle(dataclasses.replace(request, body=body))

    failure = _judged(Lenient(), reset=False, sequences=1).failure
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

    failure = _judged(Stores(), reset=False, sequences=1).failure
    assert failure is not None
    assert "is no field of an order" in failure.message


def test_a_server_that_is_not_there_is_a_failure_and_no_crash() -> None:
    with MockServer(MockWebflow()) as server:
        gone = server.url
    with Gateway(Server(base_url=gone, site=MockWebflow.site_id, token="t")) as gateway:
        failure = _run(gateway, 1).failure
    assert failure is not None
    assert "no answer" in failure.message


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
    result = _judged(Takes(), reset=False, sequences=1)
    assert result.ok, result.failure


class TakesAndForgets(Takes):
    does_it = False


class TakesAndLists(Takes):
    all_of_them = True


@pytest.mark.parametrize("mock", [TakesAndForgets, TakesAndLists])
def test_what_is_taken_is_then_done(mock: type[Takes]) -> None:
    failure = _judged(mock(), reset=False, sequences=1).failure
    assert failure is not None
    assert "/status" in failure.message or "limit=5&limit=5" in failure.message


Sent = dict[str, Any]


def _emptied(before: Sent, sent: Sent) -> Sent:
    """Two notes stand for all four."""
    return dict.fromkeys(NOTES, " ") | sent if len(sent) == 2 else sent


def _carrier_needs_a_number(before: Sent, sent: Sent) -> Sent:
    return {"shippingTracking": "none"} | sent if list(sent) == ["shippingProvider"] else sent


def _swapped(before: Sent, sent: Sent) -> Sent:
    if sent.keys() != {"comment", "shippingProvider"}:
        return sent
    return {"comment": sent["shippingProvider"], "shippingProvider": sent["comment"]}


def _unsafe_text_stays_safe(before: Sent, sent: Sent) -> Sent:
    number = (before["shippingTracking"] or "").replace("<", "&lt;") or None
    return {"shippingTracking": number} | sent if number and "shippingTracking" not in sent else sent


def _only_texts(before: Sent, sent: Sent) -> Sent:
    return {
        name: value for name, value in sent.items() if name != "shippingTracking" or isinstance(value, str)
    }


def _each(change: Callable[[str], str]) -> Callable[[Sent, Sent], Sent]:
    def texts(before: Sent, sent: Sent) -> Sent:
        return {name: change(value) if isinstance(value, str) else value for name, value in sent.items()}

    return texts


TEXTS: dict[str, Callable[[str], str]] = {
    "a long number is rounded": lambda text: str(int(float(text))) if re.match("[1-9][0-9]+$", text) else text,
    "zeros before a number are lost": lambda text: text.lstrip("0") if len(text) > 15 and text.isdecimal() else text,
    "a host is given a path": lambda text: text + "/" if re.fullmatch("https?://[^/]+", text) else text,
    "a path loses its last slash": lambda text: text.rstrip("/") if "://" in text else text,
    "a port is left out if it is the usual one": lambda text: re.sub(":(80|443)/", "/", text),
    "plain http is made safe": lambda text: re.sub("^http:", "https:", text),
    "who sent the customer is left out": lambda text: re.sub("utm_[a-z]+=[a-z]+&?", "", text),
    "an address is resolved": lambda text: re.sub("/[a-z]+/[.][.]/", "/", text),
    "a word that means no": lambda text: "" if text == "false" else text,
    "paragraphs become lines": lambda text: re.sub("\n+", "\n", text),
    "a tab at the end": lambda text: text.rstrip("\t"),
    "how a heart looks": lambda text: text.replace("\ufe0f", ""),
    "a space that is none": lambda text: text.replace("\u200b", ""),
    "marks of Thai": lambda text: text.replace("\u0e34", ""),
    "points of Hebrew": lambda text: text.replace("\u05b8", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_stays_as_it_was_sent(name: str) -> None:
    failure = _judged(_reading(_each(TEXTS[name])), reset=False, sequences=1).failure
    assert failure is not None
    assert "PATCH" in failure.message


UPDATES = [_emptied, _carrier_needs_a_number, _swapped, _unsafe_text_stays_safe, _only_texts]


@pytest.mark.parametrize("reads", UPDATES)
def test_a_note_is_written_alone_or_with_another_and_the_rest_stays(
    reads: Callable[[Sent, Sent], Sent],
) -> None:
    class Misread(MockWebflow):
        def handle(self, request: Request) -> Response:
            ask = super().handle
            sent = _sent(request)
            before = (
                json.loads(ask(dataclasses.replace(request, method="GET", body=b"")).body) if sent else {}
            )
            if not sent or "orderId" not in before:
                return ask(request)
            return ask(dataclasses.replace(request, body=json.dumps(reads(before, sent)).encode()))

    failure = _judged(Misread(), reset=False, sequences=1).failure
    assert failure is not None
    assert failure.message.startswith("PATCH")


def _reading(reads: Callable[[Sent, Sent], Sent]) -> MockWebflow:
    """One that reads an update as if it said something else."""

    class Misread(MockWebflow):
        def handle(self, request: Request) -> Response:
            ask, sent = super().handle, _sent(request)
            before = (
                json.loads(ask(dataclasses.replace(request, method="GET", body=b"")).body) if sent else {}
            )
            if not sent or "orderId" not in before:
                return ask(request)
            return ask(dataclasses.replace(request, body=json.dumps(reads(before, sent)).encode()))

    return Misread()


def _sent(request: Request) -> Sent:
    """What an update says, if it is one and says something."""
    if request.method != "PATCH" or "json" not in request.headers.get("content-type", ""):
        return {}
    try:
        sent = json.loads(request.body)
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}


def test_the_same_update_of_another_order_is_another_update() -> None:
    class Deduplicates(MockWebflow):
        last: ClassVar[tuple[str, bytes]] = ("", b"")

        def handle(self, request: Request) -> Response:
            known, path = Deduplicates.last, request.path
            if _sent(request):
                Deduplicates.last = (path, request.body)
                if known[1] == request.body and known[0] != path:
                    request = dataclasses.replace(request, body=b"{}")
            return super().handle(request)

    assert _judged(Deduplicates(), reset=False, sequences=1).failure is not None


def test_a_date_is_not_to_be_written() -> None:
    class Obeys(MockWebflow):
        def handle(self, request: Request) -> Response:
            answer, sent = super().handle(request), _sent(request)
            if answer.status != 200 or "disputedOn" not in sent:
                return answer
            body = json.loads(answer.body) | {"disputedOn": sent["disputedOn"]}
            return dataclasses.replace(answer, body=json.dumps(body).encode())

    failure = _judged(Obeys(), reset=False, sequences=1).failure
    assert failure is not None
    assert "/disputedOn" in failure.message


class Lists(MockWebflow):
    """It spoils the pages of lists."""

    def handle(self, request: Request) -> Response:
        answer = super().handle(request)
        if answer.status != 200 or request.path.startswith("/_mock") or not request.path.endswith("/orders"):
            return answer
        body = json.loads(answer.body)
        page = body if isinstance(body, list) else body["orders"]
        page[:] = self.spoilt(request, page, dict(parse_qsl(request.query)))
        return dataclasses.replace(answer, body=json.dumps(body).encode())

    def spoilt(self, request: Request, page: list[Sent], query: dict[str, str]) -> list[Sent]:
        raise NotImplementedError

    def all_of(self, request: Request, **query: str) -> list[Sent]:
        found = json.loads(super().handle(dataclasses.replace(request, query=urlencode(query))).body)
        return list(found if isinstance(found, list) else found["orders"])


class RepeatsTheLast(Lists):
    """Where nothing is left, the last order comes once more."""

    def spoilt(self, request: Request, page: list[Sent], query: dict[str, str]) -> list[Sent]:
        every = self.all_of(request)
        at_the_end = "status" not in query and int(query.get("offset", 0)) == len(every)
        return every[-1:] if at_the_end else page


class MissesTheLast(Lists):
    """A page that is full at the very end, and not the first, lacks its last order."""

    def spoilt(self, request: Request, page: list[Sent], query: dict[str, str]) -> list[Sent]:
        every = self.all_of(request)
        full = len(page) > 1 and len(page) == int(query.get("limit", 100)) and page[-1] == every[-1]
        return page[:-1] if full and "status" not in query else page


class MissesTheLastOfAStatus(Lists):
    """One order is looked up too few, if there are just as many of a status as may be."""

    def spoilt(self, request: Request, page: list[Sent], query: dict[str, str]) -> list[Sent]:
        count = len(self.all_of(request, status=query.get("status", "pending")))
        return page[:-1] if "status" in query and len(page) == count == int(query.get("limit", 100)) else page


class KeepsPages(Lists):
    """All but the first page tells of the orders as they were at first."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.known: dict[tuple[str, str], Sent] = {}

    def spoilt(self, request: Request, page: list[Sent], query: dict[str, str]) -> list[Sent]:
        for order in page:
            self.known.setdefault((request.path, order["orderId"]), order)
        if not self.keeps(request, query):
            return page
        notes = ((self.known[request.path, order["orderId"]], order) for order in page)
        return [order | {note: known.get(note) for note in NOTES} for known, order in notes]

    def keeps(self, request: Request, query: dict[str, str]) -> bool:
        return query.get("offset", "0") != "0" and not request.path.startswith("/v2")


class KeepsPagesOfAStatus(KeepsPages):
    def keeps(self, request: Request, query: dict[str, str]) -> bool:
        return query.get("offset", "0") != "0" and query.get("status") == "disputed"


@pytest.mark.parametrize(
    "mock", [RepeatsTheLast, MissesTheLast, MissesTheLastOfAStatus, KeepsPages, KeepsPagesOfAStatus]
)
def test_every_page_of_a_list_is_looked_at_to_its_end_and_after_the_writes(mock: type[Lists]) -> None:
    failure = _judged(mock(), reset=False, sequences=1).failure
    assert failure is not None
    assert "/orders?" in failure.message


def test_what_a_full_page_leaves_over_is_looked_at_after_the_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    class KeepsTheRest(KeepsPages):
        def keeps(self, request: Request, query: dict[str, str]) -> bool:
            return int(query.get("offset", 0)) >= 20

    monkeypatch.setattr(examples, "FULL_PAGE", 20)
    failure = _judged(KeepsTheRest(), reset=False, sequences=1).failure
    assert failure is not None
    assert "/orders?" in failure.message


# What was done, the order before it, what was sent, and what was answered to such requests for this order before.
Does = Callable[[str, Sent, Any, list[int]], int]


def _taken_back_twice(action: str, before: Sent, sent: Any, past: list[int]) -> int:
    return 200 if action == "unfulfill" and before["status"] == "unfulfilled" and 200 in past else 0


def _refused_for_good(action: str, before: Sent, sent: Any, past: list[int]) -> int:
    return 409 if action == "fulfill" and 409 in past else 0


def _disputed_and_not_shipped(action: str, before: Sent, sent: Any, past: list[int]) -> int:
    return 200 if action == "fulfill" and before["status"] == "disputed" and not before["fulfilledOn"] else 0


def _nobody_to_write_to(action: str, before: Sent, sent: Any, past: list[int]) -> int:
    return 409 if before["isCustomerDeleted"] and isinstance(sent, dict) and any(sent.values()) else 0


def _nothing_to_give_back(action: str, before: Sent, sent: Any, past: list[int]) -> int:
    free = before["customerPaid"]["value"] == 0
    return 200 if action == "refund" and free and before["status"] == "fulfilled" else 0


def _null_is_false(action: str, before: Sent, sent: Any, past: list[int]) -> int:
    return 200 if action == "fulfill" and sent == {"sendOrderFulfilledEmail": None} else 0


def _in_stripes_words(action: str, before: Sent, sent: Any, past: list[int]) -> int:
    return 200 if action == "refund" and sent == {"reason": "requested_by_customer"} else 0


def _trimmed_reason(action: str, before: Sent, sent: Any, past: list[int]) -> int:
    reason = str(sent.get("reason")) if isinstance(sent, dict) else ""
    return 200 if action == "refund" and reason != reason.strip() in ("duplicate", "requested") else 0


LIVES = [
    _taken_back_twice, _refused_for_good, _disputed_and_not_shipped, _nobody_to_write_to, _nothing_to_give_back,
    _null_is_false, _in_stripes_words, _trimmed_reason,
]  # fmt: skip


@pytest.mark.parametrize("does", LIVES)
def test_each_sort_of_order_is_led_through_its_life(does: Does) -> None:
    class Otherwise(MockWebflow):
        past: ClassVar[dict[tuple[str, str], list[int]]] = {}

        def handle(self, request: Request) -> Response:
            path, _, action = request.path.rpartition("/")
            asked = dataclasses.replace(request, method="GET", path=path, query="", body=b"")
            before = super().handle(asked) if request.method == "POST" and "/orders/" in path else None
            if before is None or before.status != 200:
                return super().handle(request)
            past = self.past.setdefault((path, action), [])
            status = does(action, json.loads(before.body), _json(request.body), past)
            if status == 200:
                return before
            answer = super().handle(request) if not status else _conflict(before)
            past.append(answer.status)
            return answer

    failure = _judged(Otherwise(), reset=False, sequences=1).failure
    assert failure is not None
    assert "is due" in failure.message


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _conflict(like: Response) -> Response:
    body = {"code": "conflict", "message": "no", "externalReference": None, "details": []}
    return dataclasses.replace(like, status=409, body=json.dumps(body).encode())
