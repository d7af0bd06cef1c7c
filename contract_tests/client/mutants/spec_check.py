"""Is a request one that openapi.yaml allows? Judged by the file and jsonschema_rs; nothing of the client has a part.

Stricter than the spec in three things, which no server need forgive: a query, a header or a field of a body that
the spec does not name is a problem, too.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import httpx
import jsonschema_rs
from attrs import frozen

from contract_tests.codegen.bodies import SPEC, Bodies, Json

# What HTTP asks for, or httpx adds; the spec need not name them.
HTTP_HEADERS = {
    "accept", "accept-encoding", "authorization", "cache-control", "connection", "content-length",
    "content-type", "host", "user-agent",
}  # fmt: skip
METHODS = ("get", "put", "post", "delete", "patch")
whole = Bodies(SPEC).whole


@frozen
class Operation:
    """One operation of the spec."""

    id: str
    method: str
    path: str
    node: Json

    @property
    def resource(self) -> str:
        """orders, orders_v1 or webhooks."""
        return str(self.node["tags"][0])

    @property
    def verb(self) -> str:
        """What the client's method for it is called: get-order-v1 → get."""
        return self.id.removesuffix("-v1").rpartition("-")[0]

    @property
    def parameters(self) -> list[Json]:
        return [whole(each) for each in self.node.get("parameters", [])]

    @property
    def body(self) -> Json | None:
        content = self.node.get("requestBody", {}).get("content", {})
        return whole(content["application/json"]["schema"]) if content else None


OPERATIONS = [
    Operation(item[method]["operationId"], method.upper(), path, item[method])
    for path, item in SPEC["paths"].items()
    for method in METHODS
    if method in item
]


# Webflow itself has the paths at its root; a proxy may have them below something.
AT_ROOT, BELOW = (
    [
        (operation, re.compile(below + re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]*)", re.escape(operation.path))))
        for operation in OPERATIONS
    ]
    for below in ("", "(?:/.*?)??")
)


def addressed(request: httpx.Request) -> tuple[Operation, dict[str, str]] | None:
    """The operation that a request is for, and what its path says."""
    target = request.url.raw_path.decode("ascii").partition("?")[0]
    found = [
        (operation, match.groupdict())
        for operation, pattern in (AT_ROOT if request.url.host == "api.webflow.com" else BELOW)
        if operation.method == request.method and (match := pattern.fullmatch(target))
    ]
    # Below which path is not told. The longest that fits is the one: /v2/sites/… is not /sites/… below /v2.
    return max(found, key=lambda each: len(each[0].path)) if found else None


def problems(request: Any) -> list[str]:
    """What the spec has against a request of httpx or httpx2; nothing, as a rule."""
    # Some tests send the same thousands of times.
    headers = tuple(request.headers.multi_items())
    return list(_problems(request.method, str(request.url), headers, request.content))


@functools.lru_cache(4096)
def _problems(method: str, url: str, headers: tuple[tuple[str, str], ...], content: bytes) -> list[str]:
    request = httpx.Request(method, url, headers=list(headers), content=content or None)
    request.headers = httpx.Headers(list(headers))
    found = addressed(request)
    if found is None:
        return [f"{request.method} {request.url.path} is no operation"]
    operation, path = found
    all_of_them = [
        *in_path(operation, path), *in_query(operation, request), *in_headers(operation, request),
        *in_authorization(operation, request), *in_body(operation, request),
    ]  # fmt: skip
    return [f"{operation.id}: {problem}" for problem in all_of_them]


def in_path(operation: Operation, path: dict[str, str]) -> Iterator[str]:
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            yield from against(parameter, unquote(path[parameter["name"]]))


def in_query(operation: Operation, request: httpx.Request) -> Iterator[str]:
    known = {each["name"]: each for each in operation.parameters if each["in"] == "query"}
    sent = request.url.params.multi_items()
    for name, text in sent:
        if name not in known:
            yield f"query {name} is not in the spec"
        else:
            yield from against(known[name], text)
    if len(sent) != len(dict(sent)):
        yield "a query is there twice"
    yield from (
        f"query {name} is missing" for name in known.keys() - dict(sent) if known[name].get("required")
    )


def in_headers(operation: Operation, request: httpx.Request) -> Iterator[str]:
    known = {each["name"].lower(): each for each in operation.parameters if each["in"] == "header"}
    for name, text in request.headers.multi_items():
        if name in known:
            yield from against(known[name], text)
        elif name not in HTTP_HEADERS:
            yield f"header {name} is not in the spec"
    if len(request.headers.multi_items()) != len(request.headers):
        yield "a header is there twice"
    if "application/json" not in request.headers.get("accept", ""):
        yield "it does not ask for JSON"
    if not re.fullmatch(r"webflow-orders/\d[\w.]*", request.headers.get("user-agent", "")):
        yield "it does not say who asks"


def in_authorization(operation: Operation, request: httpx.Request) -> Iterator[str]:
    schemes = [
        whole(SPEC["components"]["securitySchemes"][name])
        for each in operation.node["security"]
        for name in each
    ]
    assert all(scheme["type"] == "oauth2" or scheme.get("scheme") == "bearer" for scheme in schemes)
    # RFC 6750: one blank, and then what a header can carry.
    if schemes and not re.fullmatch(r"Bearer [\x21-\x7e]+", request.headers.get("authorization", "")):
        yield "it has no bearer token"


def in_body(operation: Operation, request: httpx.Request) -> Iterator[str]:
    schema = operation.body
    if not request.content:
        if operation.node.get("requestBody", {}).get("required"):
            yield "the body is missing"
        if "content-type" in request.headers:
            yield "there is no body, and yet a Content-Type"
        return
    if schema is None:
        yield "the spec has no body"
        return
    if request.headers.get("content-type") != "application/json":
        yield f"the body is {request.headers.get('content-type')}"
    try:
        body = json.loads(request.content.decode("utf-8"))
    except ValueError:
        yield "the body is not JSON"
        return
    yield from judged(schema | {"additionalProperties": False}, body, "body")


def against(parameter: Json, text: str) -> Iterator[str]:
    """A parameter comes as text, whatever its type."""
    schema = whole(parameter["schema"])
    value: str | int = text
    if schema["type"] == "integer":
        if not re.fullmatch(r"0|-?[1-9][0-9]*", text):
            yield f"{parameter['name']} is not an integer"
            return
        value = int(text)
    yield from judged(schema, value, parameter["name"])


def judged(schema: Json, value: Any, what: str) -> Iterator[str]:
    yield from (f"{what}: {error.message}" for error in validator(json.dumps(schema)).iter_errors(value))


@functools.cache
def validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    whole_schema = {**json.loads(schema), "components": SPEC["components"]}
    return jsonschema_rs.Draft202012Validator(whole_schema, validate_formats=True)
