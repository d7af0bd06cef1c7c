"""Do the links of openapi.yaml lead from an answer to operations that exist, with ids that the answer holds?"""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from contract_tests.spec.comparison.specfile import Node, Operation, Spec, load

SPEC = Spec(load())
OPERATIONS = {operation.id: operation for operation in SPEC.operations()}
# What can be done with one of a resource: each operation of v2 that is about one.
RESOURCES = {"order_id": "orders", "webhook_id": "webhooks"}
WITH_ONE = {
    key: [
        name
        for name, each in OPERATIONS.items()
        if each.path.startswith("/v2/") and f"{{{key}}}" in each.path
    ]
    for key in RESOURCES
}


def answer(operation: Operation) -> Node:
    return SPEC.whole(operation.node["responses"][operation.success])


LINKS = {
    f"{operation.id}: {name}": (operation, SPEC.whole(link))
    for operation in OPERATIONS.values()
    for name, link in answer(operation).get("links", {}).items()
}


def parameters(operation: Operation, where: str = "path") -> dict[str, Node]:
    nodes = [SPEC.whole(node) for node in operation.node.get("parameters", [])]
    return {node["name"]: node for node in nodes if node["in"] == where}


def found(expression: str, operation: Operation) -> list[Any]:
    """What a link's expression stands for, in each example of the answer."""
    if expression.startswith("$request.path."):
        parameter = parameters(operation)[expression.removeprefix("$request.path.")]
        return [example["value"] for example in parameter["examples"].values()]
    pointer = expression.removeprefix("$response.body#/")
    assert pointer != expression, f"{expression} is no expression that we know"
    content = answer(operation)["content"]["application/json"]
    values = [SPEC.whole(example)["value"] for example in content["examples"].values()]
    for key in pointer.split("/"):
        values = [value[int(key) if isinstance(value, list) else key] for value in values]
    return values


@pytest.mark.parametrize("name", LINKS)
def test_a_link_leads_to_an_operation_and_gives_it_all_that_its_path_needs(name: str) -> None:
    target = OPERATIONS[LINKS[name][1]["operationId"]]
    assert set(LINKS[name][1]["parameters"]) == set(parameters(target))


@pytest.mark.parametrize("name", LINKS)
def test_what_a_link_hands_on_is_in_each_example_and_fits_the_parameter(name: str) -> None:
    source, link = LINKS[name]
    target = parameters(OPERATIONS[link["operationId"]])
    for parameter, expression in link["parameters"].items():
        schema = {**target[parameter]["schema"], "components": SPEC.data["components"]}
        values = found(expression, source)
        assert values
        for value in values:
            assert jsonschema_rs.Draft202012Validator(schema).is_valid(value), f"{expression}: {value}"


def leads_to(name: str) -> list[str]:
    return [link["operationId"] for source, link in LINKS.values() if source.id == name]


def lacking(name: str, key: str) -> list[str]:
    """What to write, for each link that the answer of an operation lacks."""
    there = leads_to(name)
    return [
        f"openapi.yaml: what {name} answers lacks a link to {each}; #/components/links has those of the others"
        for each in WITH_ONE[key]
        if each not in there
    ]


@pytest.mark.parametrize("key", RESOURCES)
def test_a_list_leads_to_everything_that_can_be_done_with_one_of_it(key: str) -> None:
    assert lacking(f"list-{RESOURCES[key]}", key) == []


def test_a_list_of_v1_leads_to_its_orders() -> None:
    assert leads_to("list-orders-v1") == ["get-order-v1"]


@pytest.mark.parametrize(("key", "name"), [(key, name) for key, names in WITH_ONE.items() for name in names])
def test_one_leads_to_everything_that_can_be_done_with_it(key: str, name: str) -> None:
    if "content" in answer(OPERATIONS[name]):
        assert lacking(name, key) == []


def test_what_was_made_leads_to_everything_that_can_be_done_with_it() -> None:
    assert lacking("create-webhook", "webhook_id") == []


@pytest.mark.parametrize("name", LINKS)
def test_a_link_keeps_the_site_and_takes_the_rest_from_the_answer(name: str) -> None:
    handed = dict(LINKS[name][1]["parameters"])
    assert handed.pop("site_id", "$request.path.site_id") == "$request.path.site_id"
    ((key, expression),) = handed.items()
    assert expression.startswith("$response.body#/")
    assert expression.endswith("/orderId" if key == "order_id" else "/id")
