"""Who sees it when openapi.yaml is changed in one place: the documents, an example, or the mock.

python -m contract_tests.spec.catchers        # a table: kind of change, by whom it is seen, how often
"""

from __future__ import annotations

import copy
import functools
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import jsonschema_rs
from attrs import frozen
from webflow_orders_mock import MockWebflow

from contract_tests.spec.comparison.specfile import Node, Spec, load, walk
from contract_tests.spec.mutations import FINER_KINDS, KINDS, spoiled
from contract_tests.spec.test_examples_validate import examples
from contract_tests.spec.test_the_comparison_sees import is_judged, is_noticed

DOCUMENTS, EXAMPLE, MOCK, DRIFT = "the documents", "an example", "the mock", "drift alone"
CHANGES = [
    "a property is dropped", "a property is renamed", "a type is flipped", "an enum value is dropped",
    "a null is no longer allowed", "a field is no longer required", "a bound is loosened", "a bound is tightened",
    "a status is dropped", "a status is another one", "a header is dropped", "a parameter is dropped",
    "a parameter is renamed", "a request body is dropped", "an operation changes its method",
]  # fmt: skip


@frozen
class Answer:
    """One answer of the mock, and what was asked."""

    operation: str
    status: str
    headers: dict[str, str]
    body: Any


@functools.cache
def answers() -> tuple[Answer, ...]:
    """What the mock says to one of each kind of request, in both dialects."""
    return tuple(
        answer for dialect in ("observed", "documented") for answer in _answers(MockWebflow(dialect=dialect))
    )


def _answers(mock: MockWebflow) -> Iterator[Answer]:
    mock.add_token("poor", scopes=())
    for api, base, one in (
        ("", f"/v2/sites/{mock.site_id}/orders", f"/v2/sites/{mock.site_id}/orders"),
        ("-v1", f"/sites/{mock.site_id}/orders", f"/sites/{mock.site_id}/order"),
    ):
        page = _ask(mock, "GET", base, f"list-orders{api}")
        yield page
        orders = page.body if api else page.body["orders"]
        # Six of them are in each of the states, free and paid, shipped and downloaded; the page has them all.
        ids = [order["orderId"] for order in orders][:6]
        yield from (_ask(mock, "GET", f"{one}/{each}", f"get-order{api}") for each in ids)
        for path, name in ((base, f"list-orders{api}"), (f"{one}/{ids[0]}", f"get-order{api}")):
            yield from _refusals(mock, "GET", path, name, v1=bool(api))
    yield from _webhooks(mock)
    base = f"/v2/sites/{mock.site_id}/orders"
    # One after the other, and then each from the beginning: what one has done may not allow the next.
    for anew in (False, True):
        for method, suffix, name in writes():
            if anew:
                mock.reset()
            yield from (_ask(mock, method, f"{base}/{each}{suffix}", name) for each in ids)
            yield from _refusals(mock, method, f"{base}/{ids[0]}{suffix}", name)


def _webhooks(mock: MockWebflow) -> Iterator[Answer]:
    hooks, asked = (
        f"/v2/sites/{mock.site_id}/webhooks",
        {"triggerType": "ecomm_new_order", "url": "https://a.example"},
    )
    for trigger in load()["components"]["schemas"]["WebhookTrigger"]["enum"]:
        form = {"name": "News"} if trigger == "form_submission" else None
        mock.webhooks.triggered(
            mock.webhooks.create(mock.site_id, trigger, "https://a", filter=form).webhook_id, 1.0
        )
    yield _ask(mock, "POST", hooks, "create-webhook", json={**asked, "triggerType": "ecomm_order_changed"})
    made = _ask(mock, "POST", hooks, "create-webhook", json=asked)
    one = f"/v2/webhooks/{made.body['id']}"
    yield made
    yield _ask(mock, "GET", hooks, "list-webhooks")
    yield _ask(mock, "GET", one, "get-webhook")
    for method, path, name in (
        ("GET", hooks, "list-webhooks"), ("POST", hooks, "create-webhook"), ("GET", one, "get-webhook"),
        ("DELETE", one, "delete-webhook"),
    ):  # fmt: skip
        more = {"json": asked} if method == "POST" else {}
        yield _ask(mock, method, path, name, token=None, **more)
        yield _ask(mock, method, path, name, token="poor", **more)
        unknown = f"/v2/webhooks/{'0' * 24}" if path == one else hooks.replace(mock.site_id, "0" * 24)
        yield _ask(mock, method, unknown, name, **more)
        yield _ask(
            mock, method, path.replace("/webhooks", "%20/webhooks") if path == hooks else path + "%20", name
        )
        for fault in (mock.faults.outage, mock.faults.rate_limit):
            fault()
            yield _ask(mock, method, path, name, **more)
    while len(mock.webhooks.of_site(mock.site_id, "ecomm_new_order")) < 75:
        mock.webhooks.create(mock.site_id, "ecomm_new_order", "https://a")
    yield _ask(mock, "POST", hooks, "create-webhook", json=asked)
    yield _ask(mock, "POST", hooks, "create-webhook", json={**asked, "triggerType": "nothing"})
    yield _ask(mock, "DELETE", one, "delete-webhook")


def writes() -> Iterator[tuple[str, str, str]]:
    """The method of each write, what follows an order in its path, its id."""
    for each in Spec(load()).operations():
        if "{order_id}" in each.path and each.method != "GET":
            yield each.method, each.path.rpartition("}")[2], each.id


def _refusals(mock: MockWebflow, method: str, path: str, name: str, *, v1: bool = False) -> Iterator[Answer]:
    yield _ask(mock, method, path, name, token=None)
    yield _ask(mock, method, path.replace(mock.site_id, "0" * 24), name)
    if method == "GET":
        wrong = {"limit": "0"} if "list" in name else {}
        yield _ask(mock, method, path if wrong else path + "%00", name, params=wrong)
    else:
        yield _ask(mock, method, path, name, json=[])
    if not v1:
        yield _ask(mock, method, path, name, token="poor")
        yield _ask(mock, method, path.replace(mock.site_id, mock.site_id_without_shop), name)
    for fault in (mock.faults.outage, mock.faults.rate_limit):
        fault()
        yield _ask(mock, method, path, name)


def _ask(
    mock: MockWebflow, method: str, path: str, name: str, *, token: str | None = "", **arguments: Any
) -> Answer:
    headers = {} if token is None else {"Authorization": f"Bearer {token or mock.token}"}
    if method == "PATCH" and "json" not in arguments:
        arguments["json"] = {"comment": "x"}
    with httpx.Client(transport=mock.transport(), base_url="http://mock", headers=headers) as client:
        response = client.request(method, path, **arguments)
    body = response.json() if response.content else None
    return Answer(name, str(response.status_code), dict(response.headers), body)


# What the mock refuses, by parameter: the spec must go on to forbid it, and to allow what is beside it.
REFUSED: dict[str, list[Any]] = {
    "SiteId": ["", "a" * 23, "A" * 24], "OrderId": ["", "a b", "a" * 65], "Status": ["shipped"],
    "Offset": [-1, 2**53], "Limit": [0, 101], "AcceptVersion": ["2.0.0"], "WebhookId": ["", "a" * 23, "A" * 24],
}  # fmt: skip
TAKEN: dict[str, list[Any]] = {
    "SiteId": ["a" * 24], "OrderId": ["a" * 64], "Offset": [0, 2**53 - 1], "Limit": [1, 100],
    "AcceptVersion": ["1", "1.0.0"], "WebhookId": ["a" * 24],
    "Status": ["pending", "unfulfilled", "fulfilled", "disputed", "dispute-lost", "refunded"],
}  # fmt: skip


def closed(data: Node) -> Node:
    """The components, with every object as full as it is: what the mock sends, the spec must name."""
    components: Node = copy.deepcopy(data["components"])
    for pointer, node in walk(components):
        if "properties" in node and not pointer.endswith("/properties"):
            node["additionalProperties"] = False
    return components


def _has_the_headers_of(declared: Mapping[str, Node], answer: Answer) -> bool:
    sent = {name for name in answer.headers if name.startswith(("x-ratelimit-", "retry-after"))}
    required = {name for name, header in declared.items() if header.get("required")}
    return required <= sent <= set(declared)


def seen_by_the_mock(data: Node) -> bool:
    """An answer of the mock does not fit the changed spec, or the two disagree about a parameter."""
    spec, components = Spec(data), closed(data)
    operations = {operation.id: operation for operation in spec.operations()}
    made: dict[int, jsonschema_rs.Draft202012Validator] = {}

    def fits(schema: Node, value: Any) -> bool:
        if id(schema) not in made:
            made[id(schema)] = _validator(schema, components)
        return made[id(schema)].is_valid(value)

    for answer in answers():
        operation = operations.get(answer.operation)
        response = operation and operation.node["responses"].get(answer.status)
        if response is None:
            return True
        whole = spec.whole(response)
        headers = {name.lower(): spec.whole(each) for name, each in whole.get("headers", {}).items()}
        if not _has_the_headers_of(headers, answer) or ("content" in whole) is (answer.body is None):
            return True
        sent = {name: int(answer.headers[name]) for name in headers if name in answer.headers}
        if not all(fits(headers[name]["schema"], value) for name, value in sent.items()):
            return True
        if answer.body is not None and not fits(whole["content"]["application/json"]["schema"], answer.body):
            return True
    parameters = data["components"]["parameters"]
    return any(
        fits(parameters[name]["schema"], value) is not expected
        for values, expected in ((REFUSED, False), (TAKEN, True))
        for name in values
        for value in values[name]
    )


def _validator(schema: Node, components: Node) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({**schema, "components": components}, validate_formats=True)


def seen_by_an_example(data: Node) -> bool:
    """An example is not one of its schema any more."""
    spec = Spec(data)
    return any(
        not _validator(schema, data["components"]).is_valid(value) for _, schema, value in examples(spec)
    )


def whole_spec_is_read(check: Callable[[Node], bool]) -> Callable[[Node], bool]:
    """A reference to what is gone is seen by whoever follows it."""

    def checked(data: Node) -> bool:
        try:
            return check(data)
        except (KeyError, ValueError):
            return True

    return checked


def caught(change: str, pointer: str, data: Node) -> str:
    """Who sees the change first."""
    if change in KINDS and is_judged(pointer):
        return DOCUMENTS  # As test_the_comparison_sees proves, place by place.
    for who, sees in (
        (DOCUMENTS, lambda data: is_noticed(Spec(data))), (EXAMPLE, seen_by_an_example), (MOCK, seen_by_the_mock),
    ):  # fmt: skip
        if whole_spec_is_read(sees)(data):
            return who
    return DRIFT


def catches(change: str) -> Iterator[tuple[str, str, str]]:
    """Each place where the spec can be changed in this way: its pointer, what was done, who sees it."""
    for pointer, what, data in spoiled(change, load()):
        yield pointer, what, caught(change, pointer, data)


def main() -> None:
    print(f"{'':32}{DOCUMENTS:>15}{EXAMPLE:>15}{MOCK:>15}{DRIFT:>15}")
    for change in CHANGES:
        found = list(catches(change))
        counts = Counter(who for _, _, who in found)
        print(f"{change:32}" + "".join(f"{counts[who]:15}" for who in (DOCUMENTS, EXAMPLE, MOCK, DRIFT)))
        for pointer, what, who in found:
            if who == DRIFT:
                print(f"    {pointer}: {what}")


assert set(CHANGES) <= {*KINDS, *FINER_KINDS}
if __name__ == "__main__":
    logging.disable()  # The mock has nowhere to deliver to.
    main()
