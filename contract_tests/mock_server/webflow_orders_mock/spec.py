"""The few things that are read from openapi.yaml at run time: what a parameter may look like.

So the mock refuses what the spec forbids, and nothing else, also when the spec changes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Bounds:
    minimum: int
    maximum: int
    default: int


@cache
def _parameters() -> dict[str, dict[str, Any]]:
    text = files("webflow_orders_generated").joinpath("openapi.json").read_text("utf-8")
    parameters = json.loads(text)["components"]["parameters"].values()
    return {parameter["name"]: parameter["schema"] for parameter in parameters}


@cache
def pattern(name: str) -> str:
    """The regular expression that a parameter must match, as the spec has it; empty if it has none."""
    found: str = _parameters()[name].get("pattern", "")
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
    schema = _parameters()[name]
    return Bounds(schema["minimum"], schema["maximum"], schema["default"])
