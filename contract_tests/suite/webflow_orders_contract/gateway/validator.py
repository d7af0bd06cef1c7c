"""Judges every answer that passes the gateway, whoever has asked: by the description, then by our rules."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from ..description import Description, Operation, Place
from .curl import redacted
from .exchange import Answer, Exchange, Failure, Request, parsed
from .proxy import Gateway, HalfAnswer, NoAnswer, Silence, Watcher
from .rules import COMMON, NAMELESS, RULES, webhooks

REACHED = "every_operation_is_reached"
WHOLE = "answer_is_whole"
# Several values of them would contradict each other.
ONCE = {"content-type", "content-length", "date", "location", "retry-after"}
# Where a request is sent that is none of an operation, such as one with another method.
ELSEWHERE = "no operation"
# Of one answer; a page has a hundred orders.
MOST_COMPLAINTS, MOST_CHARACTERS = 1000, 200


class Validator(Watcher):
    """`counts`: for each operation and check, how often it held and how often it did not; `failures` by cause.

    `succeeded`: how often an operation was answered 2xx; `others`: how many answers belong to no operation;
    `most_orders`: how many came on one page; `kinds`: which statuses they had, and whether they were paid for.
    """

    def __init__(self, description: Description, *, stop_at_first: bool = False) -> None:
        self.counts: dict[str, dict[str, list[int]]] = {}
        self.failures: list[Failure] = []
        self.succeeded: Counter[str] = Counter()
        self.most_orders = 0
        self.kinds: set[tuple[str, bool]] = set()
        self.others = 0
        self._description, self._stop_at_first = description, stop_at_first
        self._places: dict[tuple[str, ...], int] = {}

    def answered(self) -> dict[str, int]:
        """How many answers of each operation were judged."""
        return {
            operation: sum(checks.get("documented_status", ())) for operation, checks in self.counts.items()
        }

    @property
    def answers(self) -> int:
        return sum(self.answered().values())

    @property
    def complaints(self) -> int:
        """How often something was wrong, be it known or new."""
        return sum(each.times for each in self.failures)

    def saw(self, gateway: Gateway, request: Request, raw: Answer, shown: Answer) -> None:
        operation = self._description.operation(request.method, request.url, gateway.server.base_url)
        if operation is None:
            self.others += 1
            if raw.status >= 500:
                self.fail(gateway, Failure(ELSEWHERE, "no_server_error", f"the server answered {raw.status}"))
            return
        # What was sent can not be compared with an answer that has lost its texts.
        sent = replace(request, body=b"") if gateway.private else request
        exchange = Exchange.of(operation, sent, shown, gateway.server.base_url)
        self.succeeded[operation.id] += exchange.ok
        orders = exchange.orders()
        self.most_orders = max(self.most_orders, len(orders))
        self.kinds |= {(str(each.get("status")), bool(each.get("paymentProcessor"))) for each in orders}
        self.count(operation.id, WHOLE, held=True)
        for check, complaints in self._judged(operation, exchange, raw, shown):
            found = [Failure(operation.id, check, each) for each in islice(complaints, MOST_COMPLAINTS)]
            self.count(operation.id, check, held=not found)
            # The same with the next order of the page is the same failure.
            first: dict[tuple[str, str], Failure] = {}
            for failure in found:
                first.setdefault((failure.pointer, failure.shape), failure)
            for failure in first.values():
                self.fail(gateway, failure)

    def broke(self, gateway: Gateway, request: Request, why: NoAnswer) -> None:
        if not isinstance(why, HalfAnswer | Silence):
            return  # There is no server, which whoever has asked says.
        operation = self._description.operation(request.method, request.url, gateway.server.base_url)
        if operation is not None:
            self.count(operation.id, WHOLE, held=False)
        where = ELSEWHERE if operation is None else operation.id
        self.fail(gateway, Failure(where, WHOLE, str(why)))

    def never_succeeded(self, operations: Iterable[Operation]) -> list[Failure]:
        """What was never answered 2xx has hardly been checked."""
        missing = [each for each in operations if not self.succeeded[each.id]]
        if not missing:
            return []
        hint = "; --no-v1 leaves these out" if all(each.is_v1 for each in missing) else ""
        told = f"never answered 2xx: {', '.join(each.id for each in missing)}{hint}"
        return [Failure("the whole run", REACHED, told)]

    def count(self, operation: str, check: str, *, held: bool) -> None:
        self.counts.setdefault(operation, {}).setdefault(check, [0, 0])[not held] += 1

    def fail(self, gateway: Gateway, failure: Failure) -> None:
        """Remember a failure, with the requests that led to it, or that it was seen once more."""
        place = (failure.where, failure.what, failure.pointer, failure.shape)
        if place in self._places:
            known = self.failures[self._places[place]]
            self.failures[self._places[place]] = replace(known, times=known.times + 1)
            return
        self._places[place] = len(self.failures)
        message = redacted(failure.message, gateway.server.secrets)
        curls, told = failure.curl or gateway.curls(), failure.answer or gateway.told()
        self.failures.append(replace(failure, message=message, curl=curls, answer=told))
        if self._stop_at_first:
            gateway.breaker.open(f"{failure.where}: {failure.what}: {failure.message}")

    def _judged(
        self, operation: Operation, exchange: Exchange, raw: Answer, shown: Answer
    ) -> Iterator[tuple[str, Iterable[str]]]:
        response = self._description.response(operation.id, exchange.status)
        status = exchange.status
        yield "documented_status", [f"{status} is documented nowhere"] if response is None else []
        yield "no_server_error", [f"the server answered {status}"] if status >= 500 else []
        if response is not None:
            wrong_type = [*_content_type(response, shown)]
            yield "content_type", wrong_type
            # A page of somebody else's, of a proxy perhaps: what else it lacks comes of that.
            if not wrong_type or shown.json is not None:
                yield "documented_headers", self._headers(response, raw, shown)
                if "application/json" in response.schema.get("content", {}):
                    yield "well_formed_json", _json(raw.decoded)
                    yield "schema", self._schema(response, shown)
        for rule in (*webhooks.RULES, *COMMON) if operation.is_about_webhooks else RULES:
            yield rule.__name__, rule(exchange)
        as_it_came = replace(exchange, answer=raw.json) if raw is not shown else exchange
        for rule in NAMELESS:
            yield rule.__name__, rule(as_it_came)

    def _headers(self, response: Place, raw: Answer, shown: Answer) -> Iterator[str]:
        times = Counter(name.lower() for name, _ in raw.headers)
        declared: Mapping[str, Any] = response.schema.get("headers", {})
        for name in sorted(ONCE.union(name.lower() for name in declared)):
            if times[name] > 1:
                yield f"{name} came {times[name]} times"
        for name in declared:
            header = self._description.resolved(Place(f"{response.pointer}/headers/{name}", declared[name]))
            value = shown.header(name.lower())
            if not times[name.lower()]:
                if header.schema.get("required"):
                    yield f"{name} is missing"
            elif not self._fits(header, value):
                yield f"{name} is {value!r}"

    def _fits(self, header: Place, text: str) -> bool:
        schema = header.schema.get("schema", {})
        numeric = schema.get("type") in ("integer", "number")
        value = parsed(text.encode()) if numeric and re.fullmatch("-?[0-9]+", text, re.ASCII) else text
        return not schema or bool(self._description.validator(f"{header.pointer}/schema").is_valid(value))

    def _schema(self, response: Place, shown: Answer) -> Iterator[str]:
        body = shown.json
        if body is None and shown.decoded.strip() != b"null":
            return  # No JSON, which another check says.
        validator = self._description.validator(f"{response.pointer}/content/application~1json/schema")
        if validator.is_valid(body):
            return
        for error in map(_deepest, validator.iter_errors(body)):
            where = "".join(f"/{word}" for word in error.instance_path) or "the body"
            yield f"{where}: {str(error.message)[:MOST_CHARACTERS]}"


def _deepest(error: Any) -> Any:
    """Of alternatives none of which fits, what is wrong with the one that got furthest."""
    branches = [inner for branch in getattr(error.kind, "context", ()) for inner in branch]
    deeper = [each for each in map(_deepest, branches) if len(each.instance_path) > len(error.instance_path)]
    return max(deeper, key=lambda each: len(each.instance_path), default=error)


def _content_type(response: Place, shown: Answer) -> Iterator[str]:
    declared = response.schema.get("content", {})
    media = shown.header("content-type").partition(";")[0].strip().lower()
    if declared and media not in declared:
        yield f"it is {media or 'of no type'}, not {' or '.join(declared)}"


def _json(content: bytes) -> Iterator[str]:
    twice: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice.extend(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        return found

    try:
        json.loads(content.decode("utf-8"), object_pairs_hook=members, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        yield f"it is no JSON: {error}" if not isinstance(error, UnicodeDecodeError) else "it is not in UTF-8"
    for name in dict.fromkeys(twice):
        yield f"an object has {name if re.fullmatch('[A-Za-z]{1,40}', name) else 'a key'} twice"


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")
