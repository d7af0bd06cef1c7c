"""One line for one field: `string or null, format date-time, read-only`. documents/README.md explains it.

A line of a data file, a line of a saved docs page and a schema of openapi.yaml all become a `Fact`,
so that any two of them can be compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import yaml

# The pages' words, and what they are in JSON Schema: type and format.
WORDS: dict[str, tuple[str, str | None]] = {
    "string": ("string", None),
    "enum": ("string", None),
    "integer": ("integer", None),
    "long": ("integer", None),
    "number": ("number", None),
    "double": ("number", None),
    "boolean": ("boolean", None),
    "object": ("object", None),
    "map from strings to any": ("object", None),
    "datetime": ("string", "date-time"),
    "date": ("string", "date"),
    "uuid": ("string", "uuid"),
}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What one source says of one field. `types` is empty when it does not say."""

    types: frozenset[str] = frozenset()
    nullable: bool = False
    format: str | None = None
    enum: tuple[str, ...] | None = None  # () is an enum whose values are not listed
    open_enum: bool = False
    read_only: bool = False
    required: bool | None = None  # None: not marked either way
    default: tuple[object, ...] = ()  # empty, or the one default
    limits: Mapping[str, object] = field(default_factory=dict)
    may_be_empty: bool = False
    holds: str | None = None  # the object whose fields a data file lists
    item: Fact | None = None


def split(line: str) -> list[str]:
    """The parts of a line: commas separate them, but not inside brackets."""
    return [part.strip() for part in re.split(r",\s*(?![^\[]*\])", line) if part.strip()]


def values(text: str) -> tuple[str, ...]:
    """The values in `[a, b]`."""
    return tuple(value.strip() for value in text.strip().strip("[]").split(",") if value.strip())


def read(line: str) -> Fact:
    """Read one line of the notation."""
    kind, *marks = split(line)
    fact = _type(kind)
    for mark in marks:
        fact = _marked(fact, mark)
    return fact


def _type(text: str) -> Fact:
    text, bracket, listed = text.partition(" [")
    if text.endswith(" or null"):
        fact = replace(_type(text.removesuffix(" or null")), nullable=True)
    elif text.startswith("list of "):
        fact = Fact(types=frozenset({"array"}), item=_type(_singular(text.removeprefix("list of "))))
    elif text.startswith("tuple of "):
        members = [_type(part) for part in text.removeprefix("tuple of ").split(" and ")]
        kinds = frozenset[str]().union(*(member.types for member in members))
        held = next((member.holds for member in members if member.holds), None)
        fact = Fact(types=frozenset({"tuple"}), item=Fact(types=kinds, holds=held))
    elif text in WORDS:
        kind, form = WORDS[text]
        fact = Fact(types=frozenset({kind}), format=form, enum=() if text == "enum" else None)
    elif text == "any":
        fact = Fact()
    elif re.fullmatch(r"[A-Z][A-Za-z]+", text):
        fact = Fact(types=frozenset({"object"}), holds=text)
    else:
        raise ValueError(f"{text!r} is not a type; the notation knows {', '.join(WORDS)}, any and Names")
    return replace(fact, enum=values(listed)) if bracket else fact


def list_of(kind: str) -> str:
    """The words for a list of these."""
    if kind in WORDS:
        kind = kind.replace("map ", "maps ") if kind.startswith("map ") else f"{kind}s"
    return f"list of {kind}"


def _singular(text: str) -> str:
    text = text.replace("maps from", "map from")
    return text[:-1] if text.endswith("s") and text[:-1] in WORDS else text


def _marked(fact: Fact, mark: str) -> Fact:
    word, _, rest = mark.partition(" ")
    match word, rest:
        case "read-only", "":
            return replace(fact, read_only=True)
        case (("required" | "optional"), ""):
            return replace(fact, required=word == "required")
        case "format", form:
            return replace(fact, format=form)
        case "default", value:
            return replace(fact, default=(yaml.safe_load(value),))
        case "at", bound if match_ := re.fullmatch(r"(most|least) (-?\d+)", bound):
            key = {"most": "maximum", "least": "minimum"}[match_[1]]
            return replace(fact, limits={**fact.limits, key: int(match_[2])})
        case "may", "be empty":
            return replace(fact, may_be_empty=True)
    raise ValueError(f"{mark!r} is not a mark of the notation")


def shown(fact: Fact) -> str:
    """The line that reads as this fact, in JSON Schema's words."""
    parts = [_shown_type(fact)]
    parts += [f"format {fact.format}"] * bool(fact.format)
    parts += ["read-only"] * fact.read_only
    parts += [] if fact.required is None else ["required" if fact.required else "optional"]
    parts += [f"default {json.dumps(value)}" for value in fact.default]
    parts += [f"{key} {value}" for key, value in fact.limits.items()]
    return ", ".join(parts)


def _shown_type(fact: Fact) -> str:
    if fact.item:
        kind = f"list of {_shown_type(fact.item)}"
    elif fact.enum is not None:
        kind = "open enum" if fact.open_enum else "enum"
    else:
        kind = " or ".join(sorted(fact.types)) or "any"
    return kind + " or null" * fact.nullable + f" [{', '.join(fact.enum or ())}]" * bool(fact.enum)
