"""Is openapi.yaml a valid description, complete in what every operation must have?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import openapi_spec_validator
import pytest

from contract_tests.spec.comparison.specfile import Node, Operation, Spec, load, walk

SPEC = Spec(load())
OPERATIONS = {operation.id: operation for operation in SPEC.operations() if operation.path.startswith("/")}
WEBHOOKS = {operation.id: operation for operation in SPEC.operations() if operation.id not in OPERATIONS}
EVERY = {**OPERATIONS, **WEBHOOKS}
V1 = sorted(name for name in OPERATIONS if name.endswith("-v1"))
V2 = sorted(set(OPERATIONS) - set(V1))


def json_content(node: Node) -> Node:
    content: Node = SPEC.whole(node)["content"]["application/json"]
    return content


def parameters(operation: Operation) -> list[Node]:
    return [SPEC.whole(node) for node in operation.node.get("parameters", [])]


def test_it_is_valid_openapi() -> None:
    openapi_spec_validator.validate(SPEC.data)


def test_operation_ids_are_unique() -> None:
    ids = [operation.id for operation in SPEC.operations()]
    assert sorted(ids) == sorted(set(ids))
    assert OPERATIONS
    assert WEBHOOKS


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_id_is_a_verb_and_what_it_is_about(name: str) -> None:
    assert re.fullmatch(r"[a-z]+-(order|webhook)s?(-v1)?", name)
    assert name.startswith("list-") == name.removesuffix("-v1").endswith("s"), (
        f"{name}: only a list is of several"
    )


@pytest.mark.parametrize("name", WEBHOOKS)
def test_a_webhook_is_called_as_its_trigger_is(name: str) -> None:
    assert name.replace("-", "_") == WEBHOOKS[name].path


@pytest.mark.parametrize("name", EVERY)
def test_an_operation_has_a_tag_a_summary_and_a_description(name: str) -> None:
    node = EVERY[name].node
    assert len(node["tags"]) == 1
    assert node["tags"][0] in [tag["name"] for tag in SPEC.data["tags"]]
    assert node["summary"]
    assert node["summary"] == node["summary"].rstrip(".")
    assert node["description"].rstrip().endswith((".", ")"))


@pytest.mark.parametrize("name", V2)
def test_a_v2_operation_asks_for_the_scope_of_what_it_does(name: str) -> None:
    resource = OPERATIONS[name].node["tags"][0]
    scope = {"orders": "ecommerce", "webhooks": "sites"}[resource]
    scope += ":read" if OPERATIONS[name].method == "GET" else ":write"
    assert OPERATIONS[name].node["security"] == [{"ApiKey": []}, {"OAuth2": [scope]}]
    assert OPERATIONS[name].path.startswith("/v2/")
    assert resource in OPERATIONS[name].path


@pytest.mark.parametrize("name", V1)
def test_a_v1_operation_is_deprecated_reads_and_knows_no_scopes(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation.node["security"] == [{"ApiKey": []}]
    assert operation.node["deprecated"] is True
    assert operation.method == "GET"
    assert not operation.path.startswith("/v2/")
    assert operation.node["tags"] == ["orders_v1"]
    assert "Accept-Version" in [parameter["name"] for parameter in parameters(operation)]


@pytest.mark.parametrize("name", WEBHOOKS)
def test_a_webhook_asks_for_no_token_and_shows_its_body(name: str) -> None:
    node = WEBHOOKS[name].node
    assert node["security"] == []
    assert json_content(node["requestBody"])["examples"]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        (name, status)
        for name in OPERATIONS
        for status in OPERATIONS[name].node["responses"]
        if status != "204"
    ],
)
def test_an_answer_has_a_schema_an_example_and_a_description(name: str, status: str) -> None:
    answer = OPERATIONS[name].node["responses"][status]
    assert "schema" in json_content(answer)
    assert json_content(answer)["examples"]
    assert SPEC.whole(answer)["description"]


@pytest.mark.parametrize("name", [name for name in OPERATIONS if "requestBody" in OPERATIONS[name].node])
def test_a_request_body_has_an_example(name: str) -> None:
    assert json_content(OPERATIONS[name].node["requestBody"])["examples"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_parameters_of_a_path_are_declared_and_required(name: str) -> None:
    declared = [
        each["name"] for each in parameters(OPERATIONS[name]) if each["in"] == "path" and each["required"]
    ]
    assert declared == re.findall(r"{(\w+)}", OPERATIONS[name].path)


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_each_reference_resolves_and_each_component_is_referred_to() -> None:
    found = set(references(SPEC.data))
    for reference in found:
        assert SPEC.target(reference), reference
    components = {
        f"#/components/{kind}/{name}"
        for kind, members in SPEC.data["components"].items()
        if kind != "securitySchemes"
        for name in members
    }
    assert components - found == set()


def test_each_field_has_a_description() -> None:
    mute = [
        f"{pointer}/properties/{name}"
        for pointer, node in walk(SPEC.data["components"]["schemas"])
        for name, schema in (
            node.get("properties", {}) if not pointer.endswith("/properties") else {}
        ).items()
        if not SPEC.whole(schema).get("description")
    ]
    assert mute == []
