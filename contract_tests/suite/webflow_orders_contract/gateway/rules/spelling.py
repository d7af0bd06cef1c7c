"""Keys and words as the description spells them.

It forbids no other key, and of the words of errors it says that there may be more. But one that is nearly one of its
own is that one, misspelt: `shipping_address`, `not_authorised`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import takewhile
from typing import Any

from ...description import Place, read
from ..exchange import Exchange

JSON = Any
OPEN = "x-extensible-enum"
HEADERS = ("Accept-Version", "Authorization", "Content-Type")


class Spelling:
    """How the description spells what stands at a place, and below it."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = read().flat(places)
        fields = [field for place in self._places for field in place.schema.get("properties", {}).items()]
        self._names = frozenset(name for name, _ in fields)
        self._words = {name: schema[OPEN] for name, schema in fields if OPEN in schema}
        self._below: dict[str | None, Spelling] = {}

    def misspelt(self, value: JSON, where: str = "") -> Iterator[str]:
        if isinstance(value, list):
            for child in value:
                yield from self._at(None).misspelt(child, where)
        if not isinstance(value, dict):
            return
        for name, child in value.items():
            if name not in self._names:
                meant = nearly(name, self._names - value.keys())
                if meant is not None:
                    yield f"{where}/{meant}: is there in another spelling"
            elif isinstance(child, dict | list):
                yield from self._at(name).misspelt(child, f"{where}/{name}")
            elif name in self._words:
                meant = nearly(str(child), self._words[name])
                if meant is not None:
                    yield f"{where}/{name}: it is {meant}, in another spelling"

    def _at(self, name: str | None) -> Spelling:
        """Of a key; None stands for what is in an array."""
        if name not in self._below:
            known = read()
            self._below[name] = Spelling(
                known.items(self._places) if name is None else known.child(self._places, name)
            )
        return self._below[name]


def nearly(word: str, known: Iterable[str]) -> str | None:
    """Which of them is meant: one that differs in case, in hyphens or by a letter. None if it is one."""
    known = set(known)
    if word in known:
        return None
    return next(
        (each for each in sorted(known) if _plain(word) == _plain(each) or _one_apart(word, each)), None
    )


def _plain(word: str) -> str:
    return re.sub("[ _-]", "", word).casefold()


def _one_apart(one: str, other: str) -> bool:
    """Another digit is another name: `line1` is not `line2`."""
    if min(len(one), len(other)) < 3 or re.findall("[0-9]", one) != re.findall("[0-9]", other):
        return False
    alike = sum(1 for _ in takewhile(lambda each: each[0] == each[1], zip(one, other, strict=False)))
    here, there = one[alike:], other[alike:]
    swapped = here[1::-1] == there[:2] and here[2:] == there[2:]
    return swapped or here[1:] in (there, there[1:]) or here == there[1:]


def names_are_spelt_as_described(exchange: Exchange) -> Iterator[str]:
    yield from dict.fromkeys(_spelling(exchange.operation, exchange.status).misspelt(exchange.answer))
    details = exchange.answer.get("details") if isinstance(exchange.answer, dict) else None
    for each in details if exchange.status >= 400 and isinstance(details, list) else ():
        field = each.get("field") if isinstance(each, dict) else None
        meant = (
            nearly(field.partition(".")[0], _asked(exchange.operation)) if isinstance(field, str) else None
        )
        if meant is not None:
            yield f"/details/field: it is {meant}, in another spelling"


@cache
def _spelling(operation: str, status: int) -> Spelling:
    return Spelling(read().body(operation, status))


@cache
def _asked(operation: str) -> frozenset[str]:
    """What a request of this operation can be wrong in: its parameters, headers and the fields of its body."""
    known, found = read(), read().named(operation)
    asked: Mapping[str, JSON] = known.at(found.pointer).schema if found is not None else {}
    parameters = [known.resolved(Place("", each)).schema["name"] for each in asked.get("parameters", ())]
    content = asked.get("requestBody", {}).get("content", {}).get("application/json", {})
    bodies = known.flat([Place("", content["schema"])] if "schema" in content else [])
    fields = [name for each in bodies for name in each.schema.get("properties", {})]
    return frozenset((*HEADERS, *parameters, *fields))
