"""The description as a walk through an answer needs it: which schemas speak about the value at each place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True)
class Place:
    """A schema, and the JSON pointer to it in the description."""

    pointer: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """An operation of the description: its id, its method, its path and the pointer to it."""

    id: str
    method: str
    path: str
    pointer: str


class Shapes:
    """One description. A place leads to the places below it; `flat` tells what is meant by one."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.operations = [
            Known(item[method]["operationId"], method.upper(), path, f"/paths/{escape(path)}/{method}")
            for path, item in document["paths"].items()
            for method in METHODS
            if method in item
        ]

    def operation(self, method: str, url: str) -> Known | None:
        """The operation that a request was meant for; the base URL may have a path of its own."""
        sent = urlsplit(url).path.rstrip("/").split("/")
        fitting = [
            each for each in self.operations if each.method == method.upper() and _ends(each.path, sent)
        ]
        return max(fitting, key=lambda each: len(each.path.split("/")), default=None)

    def named(self, operation_id: str) -> Known | None:
        return next((each for each in self.operations if each.id == operation_id), None)

    def response(self, operation_id: str, status: int) -> Place | None:
        """What the description says of this status: the response, or None when it says nothing."""
        known = self.named(operation_id)
        if known is None:
            return None
        declared = self.at(known.pointer).schema.get("responses", {})
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in declared:
                return self.resolved(Place(f"{known.pointer}/responses/{key}", declared[key]))
        return None

    def body(self, operation_id: str, status: int) -> list[Place]:
        response = self.response(operation_id, status)
        content = response.schema.get("content", {}) if response else {}
        if response is None or "schema" not in content.get("application/json", {}):
            return []
        pointer = f"{response.pointer}/content/application~1json/schema"
        return [Place(pointer, content["application/json"]["schema"])]

    def at(self, pointer: str) -> Place:
        node: Any = self.document
        for word in pointer.split("/")[1:]:
            word = word.replace("~1", "/").replace("~0", "~")
            node = node[int(word)] if isinstance(node, list) else node[word]
        return Place(pointer, node)

    def resolved(self, place: Place) -> Place:
        while "$ref" in place.schema:
            place = self.at(str(place.schema["$ref"]).removeprefix("#"))
        return place

    def flat(self, places: Iterable[Place]) -> list[Place]:
        """What the places mean: references followed, alternatives side by side."""
        found: list[Place] = []
        for place in map(self.resolved, places):
            branches = [
                Place(f"{place.pointer}/{word}/{number}", branch)
                for word in ("oneOf", "anyOf", "allOf")
                for number, branch in enumerate(place.schema.get(word, ()))
            ]
            found += self.flat(branches) if branches else [place]
        return found

    def child(self, places: Iterable[Place], key: str) -> list[Place]:
        return [
            Place(f"{place.pointer}/properties/{escape(key)}", place.schema["properties"][key])
            for place in self.flat(places)
            if key in place.schema.get("properties", {})
        ]

    def items(self, places: Iterable[Place]) -> list[Place]:
        return [
            Place(f"{place.pointer}/items", place.schema["items"])
            for place in self.flat(places)
            if isinstance(place.schema.get("items"), Mapping)
        ]

    def fits(self, places: Iterable[Place], value: object) -> bool:
        """Whether one of them allows the value itself; what is inside of it is not looked at."""
        return any(fits(place.schema, value) for place in self.flat(places))


@cache
def shipped() -> Shapes:
    """The description that came with the client."""
    text = files("webflow_orders_generated").joinpath("openapi.json").read_text("utf-8")
    return Shapes(json.loads(text))


def escape(word: str) -> str:
    return word.replace("~", "~0").replace("/", "~1")


def _ends(template: str, sent: Sequence[str]) -> bool:
    words = template.strip("/").split("/")
    tail = sent[-len(words) :]
    return len(tail) == len(words) and all(
        w.startswith("{") or w == t for w, t in zip(words, tail, strict=True)
    )


# ---------------------------------------------------------------- what kind of value it is

DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,12})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
FORMATS: dict[str, Callable[[str], object]] = {
    "date-time": DATE_TIME.fullmatch,
    "email": re.compile(r"[^@\s]+@[^@\s]+[^@\s.]").fullmatch,
    "uri": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+").fullmatch,
    "objectid": re.compile(r"[0-9a-f]{24}").fullmatch,
    "digits": re.compile(r"-?[0-9]+").fullmatch,
    "mime-type": re.compile(r"[a-z]+/[A-Za-z0-9.+-]+").fullmatch,
}
# What the field's validators check; the other formats are notes.
JUDGED = ("date-time", "email", "uri")


def kind(value: object) -> str:
    """The JSON type of a value, and what a text looks like: `string:date-time`, `string:empty`, `string`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        looks = "empty" if not value else next((name for name, fit in FORMATS.items() if fit(value)), "")
        return f"string:{looks}".rstrip(":")
    return "array" if isinstance(value, list) else "object"


def types_of(schema: Mapping[str, Any]) -> list[str]:
    """The types that a schema names; none when it leaves the type open."""
    named = schema.get("type", [])
    return [named] if isinstance(named, str) else list(named)


def is_of(type_of_value: str, named: Sequence[str]) -> bool:
    return not named or type_of_value in named or (type_of_value == "integer" and "number" in named)


def fits(schema: Mapping[str, Any], value: Any) -> bool:
    if not is_of(kind(value).split(":")[0], types_of(schema)):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, str):
        judged = FORMATS.get(schema["format"]) if schema.get("format") in JUDGED else None
        pattern = schema.get("pattern")
        return (judged is None or bool(judged(value))) and (not pattern or bool(re.search(pattern, value)))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return True
