"""openapi.yaml as other people's tools read it: the whole of it as JSON, and once more as OpenAPI 3.0.

What OpenAPI 3.0 says otherwise, and what becomes of it:

    OpenAPI 3.1                                   OpenAPI 3.0
    ------------------------------------------    ----------------------------------------------------
    type: [string, 'null']                        type: string, nullable: true
    type: [string, integer]                       anyOf: one schema for each type
    oneOf or anyOf, with type: 'null'             its plain alternative is nullable, or there is one of null alone
    $ref beside other words                       allOf: [$ref], beside them
    const: x                                      enum: [x]
    examples: [a, b], of a schema                 example: a
    exclusiveMinimum: 0                           minimum: 0, exclusiveMinimum: true
    info.summary, license.identifier              left out
    webhooks                                      x-webhooks, which some readers know
    any other word that 3.0 does not have         an error: it must be said in another way, or added here
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Node = dict[str, Any]

# The words of a schema that mean the same in both.
SAME = {
    "additionalProperties", "allOf", "anyOf", "default", "deprecated", "description", "discriminator",
    "enum", "example", "externalDocs", "format", "items", "maxItems", "maxLength", "maxProperties",
    "maximum", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "not", "oneOf", "pattern",
    "properties", "readOnly", "required", "title", "uniqueItems", "writeOnly", "xml",
}  # fmt: skip
# nullable counts only beside a type, so a schema of null alone needs one; an enum of objects some readers refuse.
NULL: Node = {"type": "string", "nullable": True, "enum": [None]}


class NotInOpenAPI30(Exception):
    """What the 3.0 edition cannot say, and where it stands."""


def text(document: Mapping[str, Any]) -> str:
    """A document as JSON, in which a reader meets no alias, no tag and no date."""
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def openapi_30(document: Mapping[str, Any]) -> Node:
    """The document as OpenAPI 3.0. Raises `NotInOpenAPI30`."""
    webhooks = {"x-webhooks": document["webhooks"]} if "webhooks" in document else {}
    whole: Node = _object({**document, "openapi": "3.0.3", **webhooks}, "#")
    whole.pop("webhooks", None)
    whole.pop("jsonSchemaDialect", None)
    whole["info"].pop("summary", None)
    whole["info"].get("license", {}).pop("identifier", None)
    return whole


def _object(node: Any, pointer: str) -> Any:
    """Any part of the document: what is in it stays, but for its schemas. Examples are data."""
    if isinstance(node, list):
        return [_object(each, f"{pointer}/{index}") for index, each in enumerate(node)]
    if not isinstance(node, dict):
        return node
    done = {}
    for key, value in node.items():
        place = f"{pointer}/{key}"
        if key == "schema":
            done[key] = schema_30(value, place)
        elif key == "schemas" and pointer == "#/components":
            done[key] = {name: schema_30(each, f"{place}/{name}") for name, each in value.items()}
        else:
            done[key] = value if key in ("example", "examples") else _object(value, place)
    return done


def schema_30(schema: Node, pointer: str = "#") -> Node:
    """One schema and all below it."""
    done: Node = {}
    for key, value in schema.items():
        said = _word(key, value, f"{pointer}/{key}", alone=len(schema) == 1)
        if twice := said.keys() & done.keys():
            raise NotInOpenAPI30(f"{pointer}: OpenAPI 3.0 would need {', '.join(twice)} twice")
        done |= said
    return done


def _word(key: str, value: Any, pointer: str, *, alone: bool) -> Node:
    """What one word of a schema is in 3.0."""
    match key:
        case "$ref":
            return {"$ref": value} if alone else {"allOf": [{"$ref": value}]}
        case "type":
            return _type(value)
        case "const":
            return {"enum": [value]}
        case "examples":
            return {"example": value[0]}
        case "exclusiveMinimum" | "exclusiveMaximum":
            return {key.removeprefix("exclusive").lower(): value, key: True}
        case "oneOf" | "anyOf" | "allOf":
            parts = [schema_30(part, f"{pointer}/{index}") for index, part in enumerate(value)]
            return {key: _with_null([part for part in parts if part != NULL]) if NULL in parts else parts}
        case "properties":
            return {key: {name: schema_30(each, f"{pointer}/{name}") for name, each in value.items()}}
        case "items" | "not" | "additionalProperties" if isinstance(value, dict):
            return {key: schema_30(value, pointer)}
        case _ if key in SAME or key.startswith("x-"):
            return {key: value}
    raise NotInOpenAPI30(f"{pointer}: OpenAPI 3.0 has no {key}")


def _type(kinds: str | list[str]) -> Node:
    if kinds == "null":
        return NULL
    if isinstance(kinds, str):
        return {"type": kinds}
    null = {"nullable": True} if "null" in kinds else {}
    plain = [{"type": kind, **null} for kind in kinds if kind != "null"]
    return plain[0] if len(plain) == 1 else {"anyOf": plain}


def _with_null(parts: list[Node]) -> list[Node]:
    """Alternatives that also allow null: in the first that is a type and nothing else, or in one of their own."""
    for index, part in enumerate(parts):
        if set(part) == {"type"}:
            return [*parts[:index], {**part, "nullable": True}, *parts[index + 1 :]]
    return [*parts, NULL]
