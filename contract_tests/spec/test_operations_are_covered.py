"""Does everything that openapi.yaml lists exist everywhere it must? The message says what to write."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from webflow_orders import AsyncOrdersClient, OrdersClient, v1
from webflow_orders._clients.awaiting import AsyncWebhooks
from webflow_orders._clients.blocking import Webhooks
from webflow_orders_contract.drive import scenario
from webflow_orders_contract.drive.driver import Driver
from webflow_orders_generated import client as generated
from webflow_orders_mock import OPERATIONS, MockWebflow

from contract_tests.conftest import ROOT
from contract_tests.contract.conftest import gateway_to

SPEC = yaml.load((ROOT / "openapi.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
# By the tag of an operation: who has its method. What it sends is held by test_requests_fit_the_spec, whatever it is.
CLIENTS: dict[str, tuple[type[Any], type[Any]]] = {
    "orders": (OrdersClient, AsyncOrdersClient),
    "orders_v1": (v1.OrdersClient, v1.AsyncOrdersClient),
    "webhooks": (Webhooks, AsyncWebhooks),
}
# What is done to an order is a row of two tables, which do not see each other; what else there is, is code.
MOCK = ("webflow_orders_mock/api/", "webflow_orders_mock/orders/lifecycle.py")
RUN = ("webflow_orders_contract/drive/scenario.py", "webflow_orders_contract/description/writes.py")


def operations(spec: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The operationId and the tag of each."""
    for item in spec["paths"].values():
        for method, operation in item.items():
            if method != "parameters":
                yield operation["operationId"], operation["tags"][0]


def method_name(operation_id: str) -> str:
    """get-order-v1 → get"""
    return operation_id.removesuffix("-v1").rpartition("-")[0]


@functools.cache
def driven() -> frozenset[str | None]:
    """The operations that the contract run leads the client through, as the mock's ledger saw them."""
    mock = MockWebflow()
    with gateway_to(mock) as gateway:
        Driver(gateway).drive("sync", scenario.ALL, lambda step: None)
    return frozenset(entry.operation_id for entry in mock.ledger if entry.status < 300)


def missing(spec: dict[str, Any]) -> list[str]:
    """What is still to be written, in the order in which to write it."""
    lines = []
    for operation_id, tag in operations(spec):
        clients, is_action = CLIENTS[tag], tag == "orders" and operation_id.endswith("-order")
        name = method_name(operation_id)
        module = f"api/{tag}/{operation_id.replace('-', '_')}.py"
        checks = {
            f"its page's facts: contract_tests/spec/documents/{operation_id}.yaml": (
                ROOT / "contract_tests/spec/documents" / f"{operation_id}.yaml"
            ).exists(),
            f"its generated module {module}: make generate": any(
                (ROOT / folder / module).exists() for folder in generated.__path__
            ),
            **{
                f"the method {each.__module__}.{each.__name__}.{name}": hasattr(each, name)
                for each in clients
            },
            f"its route in the mock: {MOCK[is_action]}": operation_id in OPERATIONS,
            f"a step of the contract run that makes it: {RUN[is_action]}": operation_id in driven(),
        }
        lines += [f"{operation_id} lacks {what}" for what, there in checks.items() if not there]
    return lines


def test_no_operation_lacks_anything() -> None:
    assert missing(SPEC) == [], "\n" + "\n".join(missing(SPEC))


@pytest.mark.parametrize("operation_id", sorted(OPERATIONS))
def test_the_mock_has_no_operation_of_its_own(operation_id: str) -> None:
    assert operation_id in dict(operations(SPEC)), f"openapi.yaml lacks {operation_id}"


def test_one_more_operation_is_named_with_each_thing_it_lacks() -> None:
    spec = copy.deepcopy(SPEC)
    spec["paths"]["/v2/sites/{site_id}/orders/{order_id}/archive"] = {
        "post": {"operationId": "archive-order", "tags": ["orders"]}
    }
    # Of this one alone: while another is being added, it lacks things too.
    told = [line for line in missing(spec) if line.startswith("archive-order lacks ")]
    assert [line.removeprefix("archive-order lacks ").split(":")[0] for line in told] == [
        "its page's facts",
        "its generated module api/orders/archive_order.py",
        "the method webflow_orders._clients.blocking.OrdersClient.archive",
        "the method webflow_orders._clients.awaiting.AsyncOrdersClient.archive",
        "its route in the mock",
        "a step of the contract run that makes it",
    ]
