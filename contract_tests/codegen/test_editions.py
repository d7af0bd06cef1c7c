"""Does the OpenAPI 3.0 edition mean what the spec means, and is what cannot be said refused?"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

NULL = {"type": "string", "nullable": True, "enum": [None]}
REF = {"$ref": "#/components/schemas/Address"}


@pytest.fixture(scope="session")
def editions(generate: ModuleType) -> ModuleType:
    found: ModuleType = generate.editions
    return found


@pytest.mark.parametrize(
    ("schema", "older"),
    [
        ({"type": ["string", "null"], "format": "email"}, {"type": "string", "nullable": True, "format": "email"}),
        ({"type": ["string", "integer"]}, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        (
            {"type": ["string", "integer", "null"]},
            {"anyOf": [{"type": "string", "nullable": True}, {"type": "integer", "nullable": True}]},
        ),
        ({"type": "null"}, NULL),
        ({"oneOf": [REF, {"type": "null"}]}, {"oneOf": [REF, NULL]}),
        ({"oneOf": [{"type": "null"}, {"type": "integer"}]}, {"oneOf": [{"type": "integer", "nullable": True}]}),
        # Null in what has a list of its own would not be null there: it is one more alternative.
        (
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
            {"anyOf": [{"type": "string", "enum": ["a"]}, NULL]},
        ),
        (REF, REF),
        ({**REF, "description": "Where."}, {"allOf": [REF], "description": "Where."}),
        ({"const": 3}, {"enum": [3]}),
        ({"type": "string", "examples": ["a", "b"]}, {"type": "string", "example": "a"}),
        ({"exclusiveMinimum": 0}, {"minimum": 0, "exclusiveMinimum": True}),
        ({"exclusiveMaximum": 9}, {"maximum": 9, "exclusiveMaximum": True}),
        ({"items": {"type": ["number", "null"]}}, {"items": {"type": "number", "nullable": True}}),
        ({"additionalProperties": {"const": 1}}, {"additionalProperties": {"enum": [1]}}),
        ({"additionalProperties": False, "x-note": ["null"]}, {"additionalProperties": False, "x-note": ["null"]}),
        # Fields that are called as words of a schema.
        (
            {"properties": {"type": {"type": ["string", "null"]}, "const": {}, "examples": {"const": 1}}},
            {"properties": {"type": {"type": "string", "nullable": True}, "const": {}, "examples": {"enum": [1]}}},
        ),
    ],
)  # fmt: skip
def test_a_schema_is_said_in_the_words_of_30(editions: ModuleType, schema: Any, older: Any) -> None:
    assert editions.schema_30(schema) == older


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        (
            {"properties": {"a": {"prefixItems": []}}},
            "#/properties/a/prefixItems: OpenAPI 3.0 has no prefixItems",
        ),
        ({"if": {}}, "#/if: OpenAPI 3.0 has no if"),
        ({"type": ["string", "integer"], "anyOf": [{}]}, "would need anyOf twice"),
        ({**REF, "allOf": [{}]}, "would need allOf twice"),
        ({"minimum": 3, "exclusiveMinimum": 1}, "would need minimum twice"),
    ],
)
def test_what_30_cannot_say_is_refused(editions: ModuleType, schema: Any, problem: str) -> None:
    with pytest.raises(editions.NotInOpenAPI30, match=problem):
        editions.schema_30(schema)


def test_a_document_keeps_its_examples_and_its_webhooks(editions: ModuleType) -> None:
    sent = {
        "schema": {"const": 1},
        "examples": {"one": {"value": {"schema": {"const": 1}, "type": ["null"]}}},
    }
    older_sent = {**sent, "schema": {"enum": [1]}}
    document = {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {
            "title": "T",
            "summary": "S",
            "version": "1",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": {"/a": {"post": {"requestBody": {"content": {"application/json": sent}}}}},
        "webhooks": {
            "made": {"post": {"parameters": [{"name": "p", "in": "query", "schema": {"const": 2}}]}}
        },
        "components": {"schemas": {"schema": {"const": 3}}},
    }
    older = editions.openapi_30(document)
    assert older == {
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1", "license": {"name": "MIT"}},
        "paths": {"/a": {"post": {"requestBody": {"content": {"application/json": older_sent}}}}},
        "components": {"schemas": {"schema": {"enum": [3]}}},
        "x-webhooks": {"made": {"post": {"parameters": [{"name": "p", "in": "query", "schema": {"enum": [2]}}]}}},
    }  # fmt: skip
    assert document["openapi"] == "3.1.0"
    assert "webhooks" in document


def test_generation_stops_at_a_word_that_30_lacks(generate: ModuleType, tmp_path: Path) -> None:
    # Before anything is built: the editions are made from the spec alone.
    with pytest.raises(
        generate.GenerationError, match=r"#/components/schemas/A/contains: OpenAPI 3\.0 has no contains"
    ):
        generate.write_editions(
            {"openapi": "3.1.0", "info": {}, "components": {"schemas": {"A": {"contains": {}}}}}, tmp_path
        )
    assert list(tmp_path.iterdir()) == []
