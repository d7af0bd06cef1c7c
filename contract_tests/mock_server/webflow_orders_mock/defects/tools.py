"""The words that defects are written in.

A defect stands around the healthy mock: it may change what is asked, what is answered, or what is stored.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..account import Account
from ..api import order_operations
from ..api.admission import Route
from ..messages import Handler, Request, Response
from ..orders.dialects import StoredOrder
from ..orders.ledger import timestamp

Json = Any
Part = Literal["schemathesis", "rule", "model", "drive"]
Change = Callable[[Json], Json]

# The operations of orders.
LISTS = ("list-orders", "list-orders-v1")
GETS = ("get-order", "get-order-v1")
V1 = ("list-orders-v1", "get-order-v1")
V2 = tuple(name for name in order_operations.HANDLERS if name not in V1)
WRITES = tuple(name for name in V2 if name not in (*LISTS, *GETS))
ALL = (*V2, *V1)


@dataclass(slots=True)
class Context:
    """One request on its way. `memory` is the defect's own, and forgotten when the mock is reset."""

    account: Account
    request: Request
    healthy: Handler
    memory: dict[Any, Any]
    route: Route | None = None

    @property
    def operation(self) -> str:
        found = self.route.operations.get(self.request.method) if self.route else None
        return found.operation_id if found else ""

    @property
    def ids(self) -> Mapping[str, str]:
        return self.route.parameters if self.route else {}

    @property
    def now(self) -> str:
        return timestamp(self.account.now())

    def order(self) -> dict[str, Json]:
        """The order that the path names, as it is stored; empty if there is none."""
        site = self.account.store.sites.get(self.ids.get("site_id", ""))
        stored = site.orders.get(self.ids.get("order_id", "")) if site else None
        return stored.order if stored else {}

    def keep(self, order: dict[str, Json]) -> bytes:
        """Store another order than the operation would; its JSON in v2."""
        stored = StoredOrder(order)
        self.account.store.put(self.ids["site_id"], stored)
        return stored.serialized("v2", self.account.dialect)

    def answer(self, **changes: Any) -> Response:
        """What the healthy mock answers, were the request changed so."""
        return self.healthy(dataclasses.replace(self.request, **changes))

    def as_if(self, token: str, **changes: Any) -> Response:
        """The same request, from somebody else."""
        headers = {**self.request.headers, "authorization": f"Bearer {token}"}
        return self.answer(headers=headers, **changes)


Mutation = Callable[[Context], Response]


@dataclass(frozen=True, slots=True)
class Defect:
    """`caught_by` is the part of the contract run that should notice; any other may as well."""

    name: str
    family: str
    caught_by: Part
    sentence: str
    mutation: Mutation = field(repr=False)


def asking(change: Callable[[Context], Mapping[str, Any]], *operations: str) -> Mutation:
    """Change what is asked: to these fields of the request, if any, before the healthy mock sees it."""
    return lambda context: context.answer(**(change(context) if context.operation in operations else {}))


Reply = Callable[[Context, Response], Response]


def answering(change: Reply, *operations: str, status: int = 200) -> Mutation:
    """Change what is answered with this status."""

    def mutation(context: Context) -> Response:
        answer = context.answer()
        concerned = not operations or context.operation in operations
        return change(context, answer) if concerned and answer.status == status else answer

    return mutation


def writing(change: Callable[[Context, dict[str, Json], Response], Response], *operations: str) -> Mutation:
    """Change what is answered to a write that was made; `change` is also told of the order before it."""

    def mutation(context: Context) -> Response:
        before = context.order()
        answer = context.answer()
        made = context.operation in operations and answer.status == 200
        return change(context, before, answer) if made else answer

    return mutation


def sending(change: Change, *operations: str) -> Mutation:
    """Change what is sent, where it is an object."""

    def asked(context: Context) -> Json:
        try:
            sent = json.loads(context.request.body)
        except ValueError:
            return {}
        changed = change(sent) if isinstance(sent, dict) else sent
        return {} if changed == sent else {"body": json.dumps(changed).encode()}

    return asking(asked, *operations)


def changing_body(change: Change, *operations: str, status: int = 200) -> Mutation:
    """Change the body that is answered with this status."""
    return answering(
        lambda context, answer: with_body(answer, change(json.loads(answer.body))), *operations, status=status
    )


def each_order(change: Change, *operations: str) -> Mutation:
    """Change every order of an answer."""

    def changed(body: Json) -> Json:
        if isinstance(body, list):
            return [change(order) for order in body]
        if "orders" in body:
            return {**body, "orders": [change(order) for order in body["orders"]]}
        return change(body)

    return changing_body(changed, *operations)


def with_body(answer: Response, body: Json) -> Response:
    return dataclasses.replace(answer, body=json.dumps(body, ensure_ascii=False).encode())


def with_headers(answer: Response, **headers: str | None) -> Response:
    """Set headers, or with None leave them out; `_` stands for `-`."""
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = {name: value for name, value in {**answer.headers, **changed}.items() if value is not None}
    return dataclasses.replace(answer, headers=kept)


def at(path: str, change: Callable[[dict[str, Json], str], None]) -> Change:
    """Do something to the parent of `a.b.*.c`, wherever it is there and not null."""
    *way, last = path.split(".")

    def walk(node: Json, steps: list[str]) -> None:
        if not steps:
            if isinstance(node, dict) and node.get(last) is not None:
                change(node, last)
        elif steps[0] == "*":
            for child in node if isinstance(node, list) else ():
                walk(child, steps[1:])
        elif isinstance(node, dict):
            walk(node.get(steps[0]), steps[1:])

    def apply(order: Json) -> Json:
        walk(order, way)
        return order

    return apply


def put(path: str, value: Json) -> Change:
    return at(path, lambda node, key: node.update({key: value}))


def drop(path: str) -> Change:
    return at(path, lambda node, key: node.pop(key))


def rename(path: str, name: str) -> Change:
    return at(path, lambda node, key: node.update({name: node.pop(key)}))


def mapped(path: str, change: Change) -> Change:
    """Put `change(value)` where the value was."""
    return at(path, lambda node, key: node.update({key: change(node[key])}))


Row = tuple[str, Part, str, Mutation]
