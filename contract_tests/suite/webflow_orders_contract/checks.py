"""Our checks, as Schemathesis knows them: each rule of `rules.py`, and that every operation was answered 2xx."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import schemathesis

from .rules import JSON, RULES, Exchange, Rule

if TYPE_CHECKING:
    from schemathesis.checks import CheckContext
    from schemathesis.core.transport import Response
    from schemathesis.generation.case import Case


def exchange_of(case: Case[Any], response: Response) -> Exchange | None:
    """What was really sent and answered, or None when it was not this operation (a method the path lacks)."""
    definition = case.operation.definition.raw
    operation = definition.get("operationId", case.operation.label)
    if str(response.request.method).upper() != case.operation.method.upper():
        return None
    url = urlsplit(str(response.request.url))
    return Exchange(
        operation=operation,
        order_id=_order_id(case.operation.path, url.path),
        query=parse_qs(url.query, keep_blank_values=True),
        sent=_json(response.request.body),
        status=response.status_code,
        headers={name.lower(): values[-1] for name, values in response.headers.items()},
        answer=_json(response.content),
    )


def _order_id(template: str, path: str) -> str | None:
    parts = template.split("/")
    if "{order_id}" not in parts:
        return None
    # From the end: a base URL may have a path of its own.
    sent = path.split("/")
    position = parts.index("{order_id}") - len(parts)
    return unquote(sent[position]) if len(sent) >= -position else None


def _json(body: object) -> JSON:
    if not isinstance(body, bytes | str):
        return None
    try:
        return json.loads(body)
    except ValueError:
        return None


def as_check(rule: Rule) -> Callable[[CheckContext, Response, Case[Any]], bool | None]:
    def check(ctx: CheckContext, response: Response, case: Case[Any]) -> bool | None:
        exchange = exchange_of(case, response)
        if exchange is None:
            return True  # not applicable
        complaints = list(rule(exchange))
        if complaints:
            raise AssertionError("; ".join(complaints[:5]))
        return None

    check.__name__ = check.__qualname__ = rule.__name__
    check.__doc__ = rule.__doc__
    return check


class EveryOperationReached:
    """Fails when an operation was never answered 2xx: a run that never got there has checked nothing of it."""

    def __init__(self, operations: Sequence[str]) -> None:
        self.missing = dict.fromkeys(operations)

    def after_response(self, ctx: CheckContext, response: Response, case: Case[Any]) -> bool | None:
        exchange = exchange_of(case, response)
        if exchange is not None:
            self.reached(exchange)
        return True  # speaks at the end of the run, so it is not counted with each answer

    def reached(self, exchange: Exchange) -> None:
        if exchange.ok:
            self.missing.pop(exchange.operation, None)

    def after_run(self, ctx: CheckContext | None) -> None:
        if self.missing:
            raise AssertionError("never answered 2xx: " + ", ".join(self.missing))


def register() -> None:
    for rule in RULES:
        schemathesis.check(as_check(rule))
    schemathesis.check(EveryOperationReached)
