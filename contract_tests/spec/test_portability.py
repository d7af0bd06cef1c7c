"""Can other people's tools read what we publish: openapi.yaml, and the two editions in generated/?

Each rule here is one that a tool broke on: it read the file, and showed, mocked or imported something else.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import openapi_spec_validator
import pytest
import schemathesis
import yaml
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from contract_tests.spec.comparison.specfile import METHODS, PATH, Node, Operation, Spec, load
from contract_tests.spec.test_examples_validate import examples

GENERATED = PATH.parent / "generated" / "webflow_orders_generated"
PUBLISHED = {
    "openapi.yaml": PATH,
    "openapi.json": GENERATED / "openapi.json",
    "openapi-3.0.json": GENERATED / "openapi-3.0.json",
}
VALIDATORS = {"3.1": OpenAPIV31SpecValidator, "3.0": OpenAPIV30SpecValidator}
# What JSON Schema and OpenAPI define, and ajv-formats knows.
FORMATS = {"date-time", "email", "uri"}
# What an order is after it; the other operations leave the status as it is.
STATUS_AFTER = {"fulfill-order": "fulfilled", "unfulfill-order": "unfulfilled", "refund-order": "refunded"}

SPECS = {name: Spec(load(path)) for name, path in PUBLISHED.items()}
SPEC = SPECS["openapi.yaml"]
EVERY = list(SPEC.operations())
OPERATIONS = [operation for operation in EVERY if operation.path.startswith("/")]
ids = [operation.id for operation in OPERATIONS]

published = pytest.mark.parametrize("name", PUBLISHED)


def dictionaries(node: Any) -> Iterator[Node]:
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from dictionaries(each)


def examples_of_success(operation: Operation) -> dict[str, Any]:
    answer = SPEC.whole(operation.node["responses"][operation.success])
    content = answer.get("content", {"application/json": {"examples": {"nothing": {"value": operation.id}}}})
    examples = content["application/json"]["examples"]
    return {name: SPEC.whole(example)["value"] for name, example in examples.items()}


# ---------------------------------------------------------------- what every file keeps to


@published
def test_each_edition_is_valid_for_its_version(name: str) -> None:
    data = SPECS[name].data
    openapi_spec_validator.validate(data, cls=VALIDATORS[data["openapi"][:3]])


@published
def test_no_alias_and_no_tag_stands_in_it(name: str) -> None:
    tokens = list(yaml.scan(PUBLISHED[name].read_text("utf-8")))
    odd = [token for token in tokens if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken)]
    assert not odd, [f"line {token.start_mark.line + 1}" for token in odd]


@published
def test_every_value_in_it_is_one_of_json(name: str) -> None:
    data = SPECS[name].data
    assert json.loads(json.dumps(data)) == data


@published
def test_parameters_stand_under_each_operation(name: str) -> None:
    assert [path for path, item in SPECS[name].data["paths"].items() if set(item) - set(METHODS)] == []


@published
def test_each_format_is_one_that_strict_readers_know(name: str) -> None:
    components = SPECS[name].data["components"]
    used = {node["format"] for node in dictionaries(components) if isinstance(node.get("format"), str)}
    assert used <= FORMATS


@published
def test_each_reference_stays_inside_the_file_and_stands_alone_where_it_is_no_schema(name: str) -> None:
    references = [node for node in dictionaries(SPECS[name].data) if isinstance(node.get("$ref"), str)]
    assert [node["$ref"] for node in references if not node["$ref"].startswith("#/components/")] == []
    schemas = "#/components/schemas/" if name != "openapi-3.0.json" else "none: a sibling is ignored in 3.0"
    assert [node for node in references if len(node) > 1 and not node["$ref"].startswith(schemas)] == []


@published
def test_bearer_comes_first(name: str) -> None:
    data = SPECS[name].data
    assert next(iter(data["components"]["securitySchemes"])) == "ApiKey"
    for item in data["paths"].values():
        assert [next(iter(operation["security"][0])) for operation in item.values()] == ["ApiKey"] * len(item)


# ---------------------------------------------------------------- examples


@pytest.mark.parametrize("operation", OPERATIONS, ids=ids)
def test_an_operation_shows_an_answer_of_its_own(operation: Operation) -> None:
    mine = [json.dumps(value) for value in examples_of_success(operation).values()]
    others = [
        json.dumps(value)
        for each in OPERATIONS
        if each != operation
        for value in examples_of_success(each).values()
    ]
    assert mine
    assert not set(mine) & set(others)


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if each.id in STATUS_AFTER], ids=lambda each: each.id
)
def test_what_an_operation_shows_is_what_it_does(operation: Operation) -> None:
    statuses = {value["status"] for value in examples_of_success(operation).values()}
    assert statuses == {STATUS_AFTER[operation.id]}


def test_an_update_shows_the_notes_that_it_sends() -> None:
    (operation,) = (each for each in OPERATIONS if each.id == "update-order")
    sent = operation.node["requestBody"]["content"]["application/json"]["examples"]
    for example in sent.values():
        assert any(
            example["value"].items() <= value.items() for value in examples_of_success(operation).values()
        )


def test_each_parameter_has_named_examples() -> None:
    parameters = [SPEC.whole(node) for operation in EVERY for node in operation.node.get("parameters", [])]
    assert [each["name"] for each in parameters if not each.get("examples") or "example" in each] == []


# ---------------------------------------------------------------- the edition for OpenAPI 3.0


def test_both_editions_have_the_same_operations_fields_and_examples() -> None:
    bundled, older = SPECS["openapi.json"].data, SPECS["openapi-3.0.json"].data
    assert bundled == SPEC.data
    assert [each.id for each in SPECS["openapi-3.0.json"].operations()] == ids
    assert list(older["x-webhooks"]) == list(bundled["webhooks"])
    assert older["components"]["examples"] == bundled["components"]["examples"]
    for name, schema in bundled["components"]["schemas"].items():
        same = older["components"]["schemas"][name]
        assert list(same.get("properties", ())) == list(schema.get("properties", ()))
        assert same.get("required") == schema.get("required")


OLDER_EXAMPLES = {pointer: (schema, value) for pointer, schema, value in examples(SPECS["openapi-3.0.json"])}


@pytest.mark.parametrize("pointer", OLDER_EXAMPLES)
def test_an_example_is_valid_in_openapi_30_too(pointer: str) -> None:
    schema, value = OLDER_EXAMPLES[pointer]
    assert as_json_schema(schema).is_valid(value)


def nullable_fields(spec: Spec) -> dict[str, bool]:
    """Each field of each schema, and whether it may be null."""
    read = as_json_schema if spec is SPECS["openapi-3.0.json"] else modern
    return {
        f"{name}.{field}": read(schema).is_valid(None)
        for name, owner in spec.data["components"]["schemas"].items()
        for field, schema in owner.get("properties", {}).items()
    }


def modern(schema: Node) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({**schema, "components": SPEC.data["components"]})


def as_json_schema(schema: Node) -> jsonschema_rs.Draft4Validator:
    """A schema of OpenAPI 3.0 as the standard explains it: `nullable` adds null to the type beside it."""

    def explained(node: Any) -> Any:
        if isinstance(node, list):
            return [explained(each) for each in node]
        if not isinstance(node, dict):
            return node
        done = {key: explained(value) for key, value in node.items()}
        if done.pop("nullable", False) is True:
            done["type"] = [done["type"], "null"]
        return done

    components = explained(SPECS["openapi-3.0.json"].data["components"]["schemas"])
    return jsonschema_rs.Draft4Validator({**explained(schema), "components": {"schemas": components}})


def test_what_may_be_null_is_the_same_in_both_editions() -> None:
    found = nullable_fields(SPEC)
    assert nullable_fields(SPECS["openapi-3.0.json"]) == found
    assert {True, False} == set(found.values())


# ---------------------------------------------------------------- readers


@published
def test_schemathesis_reads_it(name: str) -> None:
    schema = schemathesis.openapi.from_path(str(PUBLISHED[name]))
    assert sorted(each.ok().definition.raw["operationId"] for each in schema.get_all_operations()) == sorted(
        ids
    )


CLIENT = f"generate --meta none --fail-on-warning --config {PATH.parent}/overrides/codegen/client.yaml"
READERS = {
    "openapi_python_client": f"{CLIENT} --path {{spec}} --output-path {{out}}",
    "datamodel_code_generator": "--no-formatters --input-file-type openapi --input {spec} --output {out}",
}


@pytest.mark.parametrize("reader", READERS)
@published
def test_a_generator_reads_it_and_leaves_nothing_out(name: str, reader: str, tmp_path: Path) -> None:
    out = tmp_path / "made"
    arguments = [word.format(spec=PUBLISHED[name], out=out) for word in READERS[reader].split()]
    command = [sys.executable, "-W", "error::UserWarning", "-m", reader, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    made = out.read_text() if out.is_file() else (out / "models" / "__init__.py").read_text()
    missing = [each for each in SPEC.data["components"]["schemas"] if each not in made]
    assert missing == []
