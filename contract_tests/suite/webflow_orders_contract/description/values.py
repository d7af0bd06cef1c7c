"""What kind of value it is, and whether a schema allows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,12})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
FORMATS: dict[str, Callable[[str], object]] = {
    "date-time": DATE_TIME.fullmatch,
    "email": re.compile(r"[^@\s]+@[^@\s]+[^@\s.]").fullmatch,
    "uri": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+").fullmatch,
    "digits": re.compile(r"-?[0-9]+").fullmatch,
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
