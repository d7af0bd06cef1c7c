"""What is asked by example, and left to no luck: is each kind of wrong server noticed by it?"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

import pytest
from webflow_orders_contract.description.writes import NOTES
from webflow_orders_contract.model import examples
from webflow_orders_mock import MockWebflow, Request, Response

from contract_tests.contract.model.learning import noticed

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
    failure = noticed(_reading(_each(TEXTS[name])), examples.texts)
    assert "PATCH" in failure.message


UPDATES = [_emptied, _carrier_needs_a_number, _swapped, _unsafe_text_stays_safe, _only_texts]


@pytest.mark.parametrize("reads", UPDATES)
def test_a_note_is_written_alone_or_with_another_and_the_rest_stays(
    reads: Callable[[Sent, Sent], Sent],
) -> None:
    failure = noticed(_reading(reads), examples.notes, examples.bodies)
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

    assert noticed(Deduplicates(), examples.notes)


def test_a_date_is_not_to_be_written() -> None:
    class Obeys(MockWebflow):
        def handle(self, request: Request) -> Response:
            answer, sent = super().handle(request), _sent(request)
            if answer.status != 200 or "disputedOn" not in sent:
                return answer
            body = json.loads(answer.body) | {"disputedOn": sent["disputedOn"]}
            return dataclasses.replace(answer, body=json.dumps(body).encode())

    failure = noticed(Obeys(), examples.bodies)
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
    failure = noticed(mock(), examples.queries, examples.lives, examples.second_pages)
    assert "/orders?" in failure.message


def test_what_a_full_page_leaves_over_is_looked_at_after_the_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    class KeepsTheRest(KeepsPages):
        def keeps(self, request: Request, query: dict[str, str]) -> bool:
            return int(query.get("offset", 0)) >= 20

    monkeypatch.setattr(examples, "FULL_PAGE", 20)
    failure = noticed(KeepsTheRest(), examples.queries, examples.lives, examples.second_pages)
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

    failure = noticed(Otherwise(), examples.bodies, examples.lives)
    assert "is due" in failure.message


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _conflict(like: Response) -> Response:
    body = {"code": "conflict", "message": "no", "externalReference": None, "details": []}
    return dataclasses.replace(like, status=409, body=json.dumps(body).encode())


def test_none_of_them_is_left_out():
    parts = {
        each for name, each in vars(examples).items()
        if inspect.isfunction(each) and each.__module__ == examples.__name__ and not name.startswith("_")
        and list(inspect.signature(each).parameters) == ["checker"]
    }  # fmt: skip
    assert parts - {examples.ask_by_example} == {*examples.EXAMPLES}
