"""Whether a description that somebody names has the shape that a run relies on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from .schema_walk import SchemaWalk, escape

JSON = Any
METHODS = ("get", "put", "post", "patch", "delete")
# Longer messages quote the document.
MOST_CHARACTERS = 200


def _of(values: JSON) -> dict[str, JSON]:
    return {"type": "object", "additionalProperties": values}


def _with(*required: str, **properties: JSON) -> dict[str, JSON]:
    return {"type": "object", "required": required, "properties": properties}


CONTENT = _of(_with(schema=_with(), examples=_of(_with())))
RESPONSE = _with(content=CONTENT, headers=_of(_with()))
OPERATION = _with(
    "operationId",
    operationId={"type": "string"},
    tags={"type": "array"},
    security={"type": "array", "items": _of({"type": "array"})},
    responses=_of(RESPONSE),
)
DELIVERED = _with("content", content=CONTENT | {"required": ["application/json"]})
DOCUMENT = _with(
    "paths",
    paths=_of(_with(**dict.fromkeys(METHODS, OPERATION))),
    webhooks=_of(_with("post", post=_with("requestBody", requestBody=DELIVERED))),
    components=_with(schemas=_of(_with()), responses=_of(RESPONSE)),
)


def complaint(document: JSON) -> str:
    """What is wrong with it, and where; empty if nothing is. `document` is JSON, and any."""
    for error in jsonschema_rs.Draft202012Validator(DOCUMENT).iter_errors(document):
        return _told("".join(f"/{escape(str(word))}" for word in error.instance_path), str(error.message))
    if not any(method in item for item in document["paths"].values() for method in METHODS):
        return "it has no operation"
    walk = SchemaWalk(document)
    for where, node in _nodes(document):
        if not _leads_somewhere(walk, node):
            return _told(where, f"{node['$ref']} leads nowhere")
        try:
            if where.endswith("/schema") or where.rpartition("/")[0] == "/components/schemas":
                jsonschema_rs.meta.validate(node)
            if isinstance(node.get("pattern"), str):
                re.compile(node["pattern"])
        except jsonschema_rs.ValidationError as error:
            return _told(where, str(error.message))
        except re.error as error:
            return _told(where, f"its pattern is no regular expression: {error}")
    return ""


def _told(where: str, what: str) -> str:
    return f"{where or 'the whole'}: {what[:MOST_CHARACTERS]}"


def _nodes(node: JSON, where: str = "") -> Iterator[tuple[str, dict[str, JSON]]]:
    """Every object in it, and the pointer to it."""
    if isinstance(node, dict):
        yield where, node
    if isinstance(node, dict | list):
        for word, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _nodes(child, f"{where}/{escape(str(word))}")


def _leads_somewhere(walk: SchemaWalk, node: JSON) -> bool:
    """A reference in a circle does not."""
    seen: set[str] = set()
    try:
        while isinstance(pointer := node.get("$ref"), str):
            if pointer in seen:
                return False
            seen.add(pointer)
            node = walk.at(pointer.removeprefix("#")).schema
    except (AttributeError, LookupError, TypeError, ValueError):
        return False
    return True
