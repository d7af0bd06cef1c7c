"""What is read from the OpenAPI document at run time: the operations, and what a parameter may look like.

So the mock serves what the spec lists and refuses what it forbids, and nothing else, also when the spec changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Version = Literal["v2", "v1"]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True, slots=True)
class Operation:
    """`scope` is what a token needs for it; None where the API knows no scopes. `success` is the status then.

    `body` is the schema of what is sent, by name; None where it takes none.
    """

    operation_id: str
    method: str
    path: str
    version: Version
    scope: str | None
    success: int
    body: str | None
    needs_body: bool

    def is_about(self, noun: str) -> bool:
        return noun in self.operation_id


@dataclass(frozen=True, slots=True)
class Bounds:
    minimum: int
    maximum: int
    default: int


@cache
def _document() -> dict[str, Any]:
    text = files("webflow_orders_generated").joinpath("openapi.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


@cache
def operations() -> Mapping[str, Operation]:
    """Every operation of the document, by its id."""
    return {
        each["operationId"]: Operation(
            each["operationId"],
            method.upper(),
            path,
            version_of(path),
            _scope(each),
            _success(each),
            *_body(each),
        )
        for path, item in _document()["paths"].items()
        for method, each in item.items()
        if method in METHODS
    }


def _scope(operation: Mapping[str, Any]) -> str | None:
    schemes = operation.get("security", ())
    return next((scope for scheme in schemes for scopes in scheme.values() for scope in scopes), None)


def _success(operation: Mapping[str, Any]) -> int:
    return next(int(status) for status in operation["responses"] if status.startswith("2"))


def _body(operation: Mapping[str, Any]) -> tuple[str | None, bool]:
    body = operation.get("requestBody")
    if body is None:
        return None, False
    name: str = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return name, body.get("required", False)


@cache
def scopes() -> tuple[str, ...]:
    flow = _document()["components"]["securitySchemes"]["OAuth2"]["flows"]["authorizationCode"]
    return tuple(flow["scopes"])


def version_of(path: str) -> Version:
    return "v2" if path == "/v2" or path.startswith("/v2/") else "v1"


@cache
def _schema(name: str) -> dict[str, Any]:
    """Of the parameter of this name."""
    parameters = _document()["components"]["parameters"].values()
    schema: dict[str, Any] = next(each["schema"] for each in parameters if each["name"] == name)
    return schema


def pattern(name: str) -> str:
    """The regular expression that a parameter must match, as the spec has it; empty if it has none."""
    found: str = _schema(name).get("pattern", "")
    return found


@cache
def _compiled(name: str) -> re.Pattern[str]:
    # In JSON Schema `$` is the end of the text; in Python a line feed may follow it.
    text = pattern(name)
    return re.compile(text[:-1] + r"\Z" if text.endswith("$") else text, re.ASCII)


def fits(name: str, value: str) -> bool:
    return _compiled(name).search(value) is not None


@cache
def bounds(name: str) -> Bounds:
    schema = _schema(name)
    return Bounds(schema["minimum"], schema["maximum"], schema["default"])
