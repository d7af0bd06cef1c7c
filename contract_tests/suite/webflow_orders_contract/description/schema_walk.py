"""A walk through an answer beside its schema: which schemas speak about the value at each place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .values import fits


@dataclass(frozen=True)
class Place:
    """A schema, and the JSON pointer to it in the description."""

    pointer: str
    schema: Mapping[str, Any]


def escape(word: str) -> str:
    return word.replace("~", "~0").replace("/", "~1")


def words_of(pointer: str) -> list[str]:
    return [word.replace("~1", "/").replace("~0", "~") for word in pointer.split("/")[1:]]


class SchemaWalk:
    """A place leads to the places below it; `flat` tells what is meant by one."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self._flat: dict[tuple[str, int], list[Place]] = {}  # Of a schema of the document, and the way to it.

    def at(self, pointer: str) -> Place:
        node: Any = self.document
        for word in words_of(pointer):
            node = node[int(word)] if isinstance(node, list) else node[word]
        return Place(pointer, node)

    def resolved(self, place: Place) -> Place:
        while "$ref" in place.schema:
            place = self.at(str(place.schema["$ref"]).removeprefix("#"))
        return place

    def flat(self, places: Iterable[Place]) -> list[Place]:
        """What the places mean: references followed, alternatives side by side."""
        return [meant for place in places for meant in self._meant(place)]

    def _meant(self, place: Place) -> list[Place]:
        key = place.pointer, id(place.schema)
        known = self._flat.get(key)
        if known is None:
            resolved = self.resolved(place)
            branches = [
                Place(f"{resolved.pointer}/{word}/{number}", branch)
                for word in ("oneOf", "anyOf", "allOf")
                for number, branch in enumerate(resolved.schema.get(word, ()))
            ]
            known = self._flat[key] = self.flat(branches) if branches else [resolved]
        return known

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
