"""Ways to spoil openapi.yaml one place at a time, to see whether the comparison with the documents notices."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from contract_tests.spec.comparison.specfile import METHODS, Node, walk

Edit = tuple[str, Callable[[Node], object]]


def spoiled(kind: str, data: Node) -> Iterator[tuple[str, str, Node]]:
    """Each place where this kind of damage can be done: its pointer, what was done, and the damaged copy."""
    kept = pickle.dumps(data)  # Read back in a fifth of the time that a deep copy takes.
    for index, (pointer, node) in enumerate(walk(data)):
        for what, edit in (KINDS | FINER_KINDS)[kind](pointer, node):
            damaged = pickle.loads(kept)
            edit(list(walk(damaged))[index][1])
            yield pointer, what, damaged


def _pop(key: str, target: Node) -> None:
    target.pop(key)


def _pop_in(key: str, member: str, target: Node) -> None:
    target[key].pop(member)


def _remove_in(key: str, member: object, target: Node) -> None:
    target[key].remove(member)


def _clear_scopes(index: int, scheme: str, target: Node) -> None:
    target["security"][index][scheme].clear()


def _as_put(method: str, target: Node) -> None:
    target["put"] = target.pop(method)


def _without(*keys: str) -> Callable[[str, Node], Iterator[Edit]]:
    """Take out one of these keys."""

    def edits(pointer: str, node: Node) -> Iterator[Edit]:
        for key in keys:
            if key in node and not pointer.endswith("/properties"):
                yield f"without {key}", partial(_pop, key)

    return edits


def _without_member(key: str) -> Callable[[str, Node], Iterator[Edit]]:
    """Take out one member of the mapping or list under this key."""

    def edits(pointer: str, node: Node) -> Iterator[Edit]:
        # Under #/components stand the things themselves; what uses them is damaged where it uses them.
        # A link has parameters too, which no page describes.
        if pointer.startswith("#/components/links") or not isinstance(node.get(key), dict | list):
            return
        if pointer.endswith(("/properties", "#/components")):
            return
        for member in node[key]:
            if isinstance(node[key], dict):
                yield f"{key} without {member}", partial(_pop_in, key, member)
            else:
                yield f"{key} without {member}", partial(_remove_in, key, member)

    return edits


def _with_member(key: str, name: str, member: Any) -> Callable[[str, Node], Iterator[Edit]]:
    """Add a member that nobody documents."""

    def edits(pointer: str, node: Node) -> Iterator[Edit]:
        if pointer.endswith(("/properties", "#/components")):
            return
        if isinstance(node.get(key), dict):
            yield f"{key} with {name}", lambda target: target[key].update({name: member})
        elif isinstance(node.get(key), list):
            yield f"{key} with {name}", lambda target: target[key].append(member)

    return edits


def _flipped(pointer: str, node: Node) -> Iterator[Edit]:
    if "type" in node and not pointer.endswith("/properties") and "securitySchemes" not in pointer:
        other = "string" if node["type"] == "boolean" else "boolean"
        yield f"a {other}", lambda target: target.update(type=other)


def _never_null(pointer: str, node: Node) -> Iterator[Edit]:
    if isinstance(node.get("type"), list) and "null" in node["type"]:
        yield "never null", lambda target: target["type"].remove("null")
    if {"type": "null"} in node.get("oneOf", []):
        yield "never null", lambda target: target["oneOf"].remove({"type": "null"})


def _sometimes_null(pointer: str, node: Node) -> Iterator[Edit]:
    if isinstance(node.get("type"), str) and "/properties/" in pointer and node["type"] != "null":
        yield "sometimes null", lambda target: target.update(type=[target["type"], "null"])


def _without_scope(pointer: str, node: Node) -> Iterator[Edit]:
    for index, requirement in enumerate(node.get("security", [])):
        for scheme, scopes in requirement.items():
            for scope in scopes:
                yield (
                    f"without {scope}",
                    partial(_clear_scopes, index, scheme),
                )
    if "scopes" in node:
        for scope in node["scopes"]:
            yield f"without {scope}", partial(_pop_in, "scopes", scope)


def _other_method(pointer: str, node: Node) -> Iterator[Edit]:
    for method in METHODS:
        if method in node and pointer.count("/") == 2:
            yield f"{method} is put", partial(_as_put, method)


def _renamed(pointer: str, node: Node) -> Iterator[Edit]:
    if isinstance(node.get("properties"), dict) and not pointer.endswith("/properties"):
        for name in node["properties"]:
            yield f"{name} is renamed", partial(_rename, name)


def _rename(name: str, target: Node) -> None:
    # In its place, and where it is required, as somebody would who renames it.
    target["properties"] = {
        f"{key}Renamed" if key == name else key: each for key, each in target["properties"].items()
    }
    if name in target.get("required", []):
        target["required"] = [f"{key}Renamed" if key == name else key for key in target["required"]]


def _bounds_moved(outwards: int) -> Callable[[str, Node], Iterator[Edit]]:
    def edits(pointer: str, node: Node) -> Iterator[Edit]:
        if pointer.endswith("/properties"):
            return
        for bound, step in (("minimum", -outwards), ("maximum", outwards)):
            if isinstance(node.get(bound), int):
                yield f"{bound} {node[bound] + step}", partial(_set, bound, node[bound] + step)
        if outwards > 0 and "pattern" in node:
            yield "any text", partial(_pop, "pattern")

    return edits


def _set(key: str, value: object, target: Node) -> None:
    target[key] = value


def _parameter_renamed(pointer: str, node: Node) -> Iterator[Edit]:
    if {"name", "in", "schema"} <= node.keys():
        yield f"{node['name']} is renamed", partial(_set, "name", f"{node['name']}_renamed")


def _other_status(pointer: str, node: Node) -> Iterator[Edit]:
    for status in node.get("responses", {}):
        if pointer != "#/components":
            yield f"{status} is 418", partial(_move_status, status)


def _move_status(status: str, target: Node) -> None:
    target["responses"]["418"] = target["responses"].pop(status)


KINDS: dict[str, Callable[[str, Node], Iterator[Edit]]] = {
    "a property is dropped": _without_member("properties"),
    "a property is added": _with_member("properties", "surprise", {"type": "string"}),
    "a type is flipped": _flipped,
    "an enum value is dropped": _without_member("enum"),
    "an enum value is added": _with_member("enum", "surprise", "surprise"),
    "an open enum value is dropped": _without_member("x-extensible-enum"),
    "a null is no longer allowed": _never_null,
    "a null is newly allowed": _sometimes_null,
    "a format, mark or default is dropped": _without(
        "format", "readOnly", "default", "maximum", "deprecated"
    ),
    "a field is no longer required": _without_member("required"),
    "a status is dropped": _without_member("responses"),
    "a status is added": _with_member("responses", "418", {"description": "A teapot."}),
    "a header is dropped": _without_member("headers"),
    "a parameter is dropped": _without_member("parameters"),
    "a request body is dropped": _without("requestBody"),
    "a scope is dropped": _without_scope,
    "a security scheme is dropped": _without_member("security"),
    "an operation changes its method": _other_method,
    "an evidence is dropped": _without("x-evidence"),
}

# What no document is exact about, so that other parts of the tests must see it, too; see test_mutants_of_the_spec.py.
FINER_KINDS: dict[str, Callable[[str, Node], Iterator[Edit]]] = {
    "a property is renamed": _renamed,
    "a bound is loosened": _bounds_moved(1),
    "a bound is tightened": _bounds_moved(-1),
    "a parameter is renamed": _parameter_renamed,
    "a status is another one": _other_status,
}
