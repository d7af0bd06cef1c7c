"""The OpenAPI document: where it is, the operations it has, and what it says of their answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import jsonschema_rs
import yaml

from ..settings import UsageError
from .schema_walk import Place, SchemaWalk, escape
from .shape import METHODS, complaint

# The generated client carries the document it was made from, as JSON.
CARRIER, FILE = "webflow_orders_generated", "openapi.json"
# The one in C, where there is one, is ten times as fast.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Operation:
    """`scope` is what a token needs beside access to the site; None where no scope is named."""

    id: str
    method: str
    path: str
    scope: str | None = None
    tag: str = "orders"

    @property
    def pointer(self) -> str:
        return f"/paths/{escape(self.path)}/{self.method.lower()}"

    @property
    def is_v1(self) -> bool:
        return self.id.endswith("-v1")

    @property
    def is_about_webhooks(self) -> bool:
        return self.tag == "webhooks"

    @property
    def is_list(self) -> bool:
        return "{order_id}" not in self.path

    def matches(self, path: str) -> Mapping[str, str] | None:
        """The parameters in a path, still quoted; None when it is another path."""
        found = _pattern(self.path).fullmatch(path)
        return found.groupdict() if found else None


@lru_cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)))


class Description(SchemaWalk):
    """One document, read once for all who ask. `file` is where it came from, if it is a file."""

    def __init__(self, document: Mapping[str, Any], file: Path | None = None) -> None:
        super().__init__(document)
        self.file = file
        self._validators: dict[str, Any] = {}

    @cached_property
    def operations(self) -> list[Operation]:
        """Every operation under `paths`, in the order of the document."""
        return [
            Operation(
                each["operationId"],
                method.upper(),
                path,
                _scope(each),
                str([*each.get("tags", ()), Operation.tag][0]),
            )
            for path, item in self.document["paths"].items()
            for method in METHODS
            if (each := item.get(method)) is not None
        ]

    def named(self, operation_id: str) -> Operation | None:
        return next((each for each in self.operations if each.id == operation_id), None)

    def operation(self, method: str, url: str, base: str | None = None) -> Operation | None:
        """The operation that a request was meant for. Without `base`, the URL may begin with any path."""
        path = urlsplit(url).path
        mine = [each for each in self.operations if each.method == method.upper()]
        if base is not None:
            path = path.removeprefix(urlsplit(base).path.rstrip("/"))
            fitting = [each for each in mine if each.matches(path) is not None]
        else:
            sent = path.rstrip("/").split("/")
            fitting = [each for each in mine if _ends(each.path, sent)]
        return max(fitting, key=lambda each: len(each.path.split("/")), default=None)

    def response(self, operation_id: str, status: int) -> Place | None:
        """What is said of this status: the response, or None when nothing is."""
        known = self.named(operation_id)
        if known is None:
            return None
        declared = self.at(known.pointer).schema.get("responses", {})
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in declared:
                return self.resolved(Place(f"{known.pointer}/responses/{key}", declared[key]))
        return None

    def validator(self, pointer: str) -> Any:
        """Of the schema at a pointer, made once."""
        if pointer not in self._validators:
            document = {**self.document, "$ref": f"#{quote(pointer)}"}
            self._validators[pointer] = jsonschema_rs.Draft202012Validator(document, validate_formats=True)
        return self._validators[pointer]

    def body(self, operation_id: str, status: int) -> list[Place]:
        response = self.response(operation_id, status)
        content = response.schema.get("content", {}) if response else {}
        if response is None or "schema" not in content.get("application/json", {}):
            return []
        pointer = f"{response.pointer}/content/application~1json/schema"
        return [Place(pointer, content["application/json"]["schema"])]


def _scope(operation: Mapping[str, Any]) -> str | None:
    scopes = [scope for each in operation.get("security", ()) for names in each.values() for scope in names]
    return scopes[0] if scopes else None


def _ends(template: str, sent: Sequence[str]) -> bool:
    words = template.strip("/").split("/")
    tail = sent[-len(words) :]
    return len(tail) == len(words) and all(
        w.startswith("{") or w == t for w, t in zip(words, tail, strict=True)
    )


@lru_cache
def read(given: Path | None = None) -> Description:
    """The document named on the command line, or the one that came with the client. Raises UsageError."""
    path = given or Path(str(files(CARRIER))) / FILE
    if not path.is_file():
        raise UsageError(f"There is no description at {path}.")
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=LOADER)
        # As JSON has it: in YAML a status is a number, and a date is one.
        found = json.loads(json.dumps(found, default=str), object_hook=_as_in_3_1)
        wrong = complaint(found) if given is not None else ""
    except (OSError, TypeError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise UsageError(f"{path} can not be read: {error}") from None
    if wrong:
        raise UsageError(f"{path} is not an OpenAPI description that a run can follow. {wrong}.")
    return Description(found, path.resolve())


def _as_in_3_1(node: dict[str, Any]) -> dict[str, Any]:
    """OpenAPI 3.0 says beside the type that there may be none."""
    if node.get("nullable") is True and isinstance(node.get("type"), str):
        node["type"] = [node["type"], "null"]
    return node
