"""The data files under documents/: what each docs page says. A saved page takes the same shape (pages.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from contract_tests.spec import notation
from contract_tests.spec.notation import Fact

FOLDER = Path(__file__).parent / "documents"
PARAMETERS = {"path parameters": "path", "query parameters": "query", "headers": "header"}
# Keys that say where a file comes from, or stand for something else than an object's fields.
NOT_OBJECTS = {"source", "partial", "statuses", "headers"}


@dataclass(frozen=True)
class Table:
    """The fields of one object as one source lists them; of a partial table nothing follows from a gap."""

    fields: Mapping[str, Fact]
    partial: bool = False


@dataclass(frozen=True)
class Answer:
    """What is documented of one error status: the words its examples use, the body they have."""

    words: tuple[str, ...] = ()
    body: str | None = None


@dataclass
class Document:
    """One operation or webhook as its page, and what goes with the page, describe it."""

    operation: str
    title: str | None = None
    method: str | None = None
    path: str | None = None
    scope: str | None = None
    deprecated: bool | None = None
    schemes: list[str] = field(default_factory=list)
    # How the request is sent: Bearer on a page, which is how an OAuth2 token is sent too.
    authentication: str | None = None
    parameters: dict[str, list[Table]] = field(default_factory=dict)
    request: str | None = None
    request_tables: list[Table] = field(default_factory=list)
    response: Fact | None = None
    objects: dict[str, list[Table]] = field(default_factory=dict)
    answers: dict[str, Answer] | None = None
    declared_headers: dict[str, list[str]] | None = None
    promised_headers: dict[str, list[str]] = field(default_factory=dict)
    # A page prints `object` and stops there; the data files go on.
    unfolds: bool = True


@cache
def raw(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return loaded


def table(lines: Mapping[str, str], *, partial: bool = False) -> Table:
    return Table({name: notation.read(line) for name, line in lines.items()}, partial)


def names() -> list[str]:
    """The documented operations and webhooks: the files that have a title."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml") if "title" in raw(path.name))


@cache
def load(operation: str) -> Document:
    data = raw(f"{operation}.yaml")
    document = Document(operation)
    _add_page(document, data)
    _add_page(document, data.get("not on the page", {}))
    for name in data["tables"]:
        _add_tables(document, raw(name))
    return document


def from_page(operation: str, data: dict[str, Any]) -> Document:
    """A saved page alone, without what other pages add."""
    document = Document(operation, unfolds=False)
    _add_page(document, data)
    if "response fields" in data:
        document.response = notation.read("Page")
        document.objects["Page"] = [table(data["response fields"])]
    return document


def _add_page(document: Document, data: Mapping[str, Any]) -> None:
    for key in ("title", "method", "path", "scope", "deprecated", "authentication", "request"):
        if key in data:
            setattr(document, key, data[key])
    document.schemes += [data["security"]] if "security" in data else []
    for section, where in PARAMETERS.items():
        if section in data:
            document.parameters.setdefault(where, []).append(table(data[section]))
    if "request fields" in data:
        document.request_tables.append(table(data["request fields"]))
    if "response" in data:
        document.response = notation.read(data["response"])
    statuses = [*data.get("errors", []), *data.get("answers", [])]
    if statuses:
        document.answers = {str(status): Answer() for status in statuses}


def _add_tables(document: Document, data: Mapping[str, Any]) -> None:
    partial = data.get("partial", False)
    for name, lines in data.items():
        if name not in NOT_OBJECTS:
            document.objects.setdefault(name, []).append(table(lines, partial=partial))
    for status, line in data.get("statuses", {}).items():
        if document.answers is not None and str(status) in document.answers:
            document.answers[str(status)] = _answer(line)
    headers = {str(status): found for status, found in data.get("headers", {}).items()}
    if partial:
        document.promised_headers.update(headers)
    elif "statuses" in data:
        document.declared_headers = headers


def _answer(line: str) -> Answer:
    parts = {word: rest for word, _, rest in (part.partition(" ") for part in notation.split(line))}
    return Answer(notation.values(parts["words"]), parts["body"])
