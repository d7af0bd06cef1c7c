"""The description that a server is held to: where it is, and the operations it has."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from .settings import UsageError

# The generated client carries the description it was made from, as JSON.
CARRIER, FILE = "webflow_orders_generated", "openapi.json"
METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str

    @property
    def is_v1(self) -> bool:
        return self.id.endswith("-v1")

    @property
    def label(self) -> str:
        """As Schemathesis names it."""
        return f"{self.method} {self.path}"


def find(given: Path | None) -> Path:
    """The description named on the command line, or the one that came with the client."""
    path = given or Path(str(files(CARRIER))) / FILE
    if not path.is_file():
        raise UsageError(f"There is no description at {path}.")
    return path.resolve()


@lru_cache
def document(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    try:
        found = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        raise UsageError(f"{path} can not be read: {error}") from None
    if not isinstance(found, dict) or not isinstance(found.get("paths"), dict):
        raise UsageError(f"{path} is not an OpenAPI description.")
    return found


def operations(path: Path) -> list[Operation]:
    """Every operation under `paths`, in the order of the file."""
    return [
        Operation(item[method]["operationId"], method.upper(), template)
        for template, item in document(path)["paths"].items()
        for method in METHODS
        if method in item
    ]
