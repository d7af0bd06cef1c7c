"""openapi.yaml as data: references followed, schemas read as facts, evidence collected with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from contract_tests.spec.comparison.notation import Fact

PATH = Path(__file__).parents[3] / "openapi.yaml"
METHODS = ("get", "put", "post", "delete", "patch")
BOUNDS = ("minimum", "maximum", "pattern", "minLength", "maxLength", "minItems", "maxItems", "const")
Node = dict[str, Any]


def load(path: Path = PATH) -> Node:
    loaded: Node = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@dataclass(frozen=True)
class Evidence:
    """One `x-evidence` line, taken apart: its grade, what it says, and the sources it ends with."""

    pointer: str
    text: str

    @cached_property
    def parts(self) -> re.Match[str] | None:
        return re.fullmatch(r"(\w+): (.+?)\s*\[([^\[\]]*)\]", self.text, re.DOTALL)

    @property
    def grade(self) -> str | None:
        return self.parts[1] if self.parts else None

    @property
    def sentence(self) -> str:
        return self.parts[2] if self.parts else self.text

    @property
    def sources(self) -> list[str]:
        return [source.strip() for source in self.parts[3].split(",")] if self.parts else []


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str  # of a webhook: its name
    node: Node

    @property
    def success(self) -> str:
        """With which status it succeeds."""
        return next(status for status in self.node["responses"] if status.startswith("2"))


class Spec:
    """The parsed spec, and the two things every reader of it needs: references and evidence."""

    def __init__(self, data: Node) -> None:
        self.data = data
        stated = [(pointer, node) for pointer, node in walk(data) if "x-evidence" in node]
        self.evidence = {pointer: Evidence(pointer, node["x-evidence"]) for pointer, node in stated}
        # The parsed file is not changed while a Spec reads it, so a node is known by its identity.
        self._whole: dict[int, Node] = {}
        self._by_node = {id(node): self.evidence[pointer] for pointer, node in stated}

    def beside(self, node: Node) -> Evidence | None:
        return self._by_node.get(id(node))

    def target(self, reference: str) -> Node:
        node: Any = self.data
        for key in reference.removeprefix("#/").split("/"):
            node = node[key.replace("~1", "/").replace("~0", "~")]
        found: Node = node
        return found

    def chain(self, node: Node) -> list[Node]:
        """The node, and what it refers to, and what that refers to."""
        chain = [node]
        while "$ref" in chain[-1]:
            chain.append(self.target(chain[-1]["$ref"]))
        return chain

    def whole(self, node: Node) -> Node:
        """The node with what it refers to filled in; what stands beside a reference wins. For reading only."""
        if id(node) not in self._whole:
            whole: Node = {}
            for part in reversed(self.chain(node)):
                whole.update(part)
            whole.pop("$ref", None)
            self._whole[id(node)] = whole
        return self._whole[id(node)]

    def operations(self) -> Iterator[Operation]:
        for where in ("paths", "webhooks"):
            for path, item in self.data.get(where, {}).items():
                for method in METHODS:
                    if method in item:
                        node = item[method]
                        yield Operation(node["operationId"], method.upper(), path, node)

    def alternatives(self, node: Node) -> list[Node]:
        whole = self.whole(node)
        return list(whole.get("oneOf") or whole.get("anyOf") or [])

    def parts(self, node: Node) -> list[Node]:
        """What the schema consists of: its alternatives, its items."""
        items = self.whole(node).get("items")
        return [*self.alternatives(node), *([items] if items else [])]

    def holders(self, node: Node, *, objects: bool = False) -> list[Node]:
        """Where evidence about this schema may stand: beside it, or in what it refers to or consists of.

        Evidence in an object speaks of its members, so it counts for what holds the object only when asked.
        """
        found = [part for part in self.chain(node) if objects or "properties" not in part]
        for part in self.parts(node):
            found = found + self.holders(part, objects=objects)
        return found

    def object(self, node: Node) -> Node | None:
        """The object in this schema: itself, or one of its alternatives or its items."""
        if "properties" in self.whole(node):
            return self.chain(node)[-1]
        return next((found for part in self.parts(node) if (found := self.object(part))), None)

    def fact(self, node: Node, *, required: bool | None = None) -> Fact:
        """The schema as a fact."""
        whole = self.whole(node)
        facts = [self.fact(part) for part in self.alternatives(node)]
        kinds = whole.get("type", [])
        kinds = {kinds} if isinstance(kinds, str) else set(kinds)
        enum = whole.get("enum", whole.get("x-extensible-enum"))
        own = Fact(
            types=frozenset(kinds - {"null"}),
            nullable="null" in kinds,
            format=whole.get("format"),
            enum=None if enum is None else tuple(enum),
            open_enum="x-extensible-enum" in whole,
            read_only=whole.get("readOnly", False),
            required=required,
            default=(whole["default"],) if "default" in whole else (),
            limits={key: whole[key] for key in BOUNDS if key in whole},
            item=self.fact(whole["items"]) if "items" in whole else None,
        )
        for fact in facts:
            own = _joined(own, fact)
        return own


def _joined(one: Fact, other: Fact) -> Fact:
    """What holds when either of two alternatives may hold."""
    return replace(
        one,
        types=one.types | other.types,
        nullable=one.nullable or other.nullable,
        format=one.format or other.format,
        enum=other.enum if one.enum is None else one.enum,
        open_enum=one.open_enum or other.open_enum or _opens(one, other),
        limits={**other.limits, **one.limits},
        item=one.item or other.item,
    )


def _opens(one: Fact, other: Fact) -> bool:
    """Whether any string may stand beside the known words: `anyOf` an enum and a string is an open list."""
    return "string" in one.types & other.types and (one.enum is None) is not (other.enum is None)


def walk(node: Any, pointer: str = "#") -> Iterator[tuple[str, Node]]:
    """Each mapping in the file with its JSON pointer; examples are data and left out."""
    nodes = [(pointer, node)]
    while nodes:
        here, found = nodes.pop()
        inner = found.items() if isinstance(found, dict) else enumerate(found)
        if isinstance(found, dict):
            yield here, found
        nodes += [
            (f"{here}/{str(key).replace('~', '~0').replace('/', '~1')}", value)
            for key, value in inner
            if key not in ("example", "examples") and isinstance(value, dict | list)
        ][::-1]
