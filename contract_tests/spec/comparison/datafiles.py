"""The data files under documents/: what each docs page says. A saved page takes the same shape (pages/reader.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from contract_tests.spec.comparison import notation
from contract_tests.spec.comparison.notation import Fact

FOLDER = Path(__file__).parents[1] / "documents"
PARAMETERS = {"path parameters": "path", "query parameters": "query", "headers": "header"}
# What a document may be silent about; one that is not the whole of what was published is silent about everything.
EVERYTHING = frozenset({"null", "format", "enum", "read-only", "required", "default", "limits", "fields"})
# Keys that say where a file comes from, or stand for something else than an object's fields.
NOT_OBJECTS = {"source", "partial", "statuses", "headers"}


@dataclass(frozen=True)
class Table:
    """The fields of one object as one source lists them, and the kinds of gaps from which nothing follows."""

    fields: Mapping[str, Fact]
    silent: Set[str] = frozenset()


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
    loaded: dict[str, Any] = yaml.load((FOLDER / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def table(lines: Mapping[str, str], silent: Set[str] = frozenset()) -> Table:
    return Table({name: notation.read(line) for name, line in lines.items()}, silent)


def tables(lines: Mapping[str, str], top: str, silent: Set[str]) -> Iterator[tuple[str, Table]]:
    """A table for the fields at the top, and one for each that has fields below it: `customerPaid.unit`."""
    owners: dict[str, dict[str, str]] = {"": {}}
    for path, line in lines.items():
        owner, _, name = path.rpartition(".")
        owners.setdefault(owner, {})[name] = line
    for owner, fields in owners.items():
        prefix = f"{owner}." if owner else ""
        held = {
            name: re.sub(r"\bobject\b", _called(top + "." + path), line.replace("objects", "object"))
            if (path := prefix + name) in owners
            else line
            for name, line in fields.items()
        }
        yield _called(f"{top}.{owner}"), table(held, silent)


def _called(path: str) -> str:
    """A name for the object at a path, as the notation has them."""
    return "".join(re.sub(r"[^A-Za-z]", "", part).title() for part in path.split("."))


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
    document, silent = Document(operation, unfolds=False), data.get("silent", frozenset())
    _add_page(document, {key: value for key, value in data.items() if key != "request fields"}, silent)
    for part in ("request", "response"):
        for name, found in tables(_without_render(data.get(f"{part} fields", {})), part, silent):
            if found.fields:
                document.objects[name] = [found]
    document.request_tables = document.objects.get("Request", [])
    document.response = notation.read("Response") if "Response" in document.objects else None
    return document


def _without_render(lines: Mapping[str, str]) -> Mapping[str, str]:
    """Where every field is "or null", that is how a page shows what is optional, and says nothing of null."""
    if len(lines) < 3 or not all(" or null" in line for line in lines.values()):
        return lines
    return {name: line.replace(" or null", "", 1) for name, line in lines.items()}


def _add_page(document: Document, data: Mapping[str, Any], silent: Set[str] = frozenset()) -> None:
    for key in ("title", "method", "path", "scope", "deprecated", "authentication", "request"):
        if key in data:
            setattr(document, key, data[key])
    document.schemes += [data["security"]] if "security" in data else []
    for section, where in PARAMETERS.items():
        if section in data:
            document.parameters.setdefault(where, []).append(table(data[section], silent))
    if "request fields" in data:
        document.request_tables.append(table(data["request fields"]))
    if "response" in data:
        document.response = notation.read(data["response"])
    statuses = [*data.get("errors", []), *data.get("answers", [])]
    if statuses:
        document.answers = {str(status): Answer() for status in statuses}


def _add_tables(document: Document, data: Mapping[str, Any]) -> None:
    silent = EVERYTHING if data.get("partial") else frozenset()
    for name, lines in data.items():
        if name not in NOT_OBJECTS:
            document.objects.setdefault(name, []).append(table(lines, silent))
    for status, line in data.get("statuses", {}).items():
        if document.answers is not None and str(status) in document.answers:
            document.answers[str(status)] = _answer(line)
    headers = {str(status): found for status, found in data.get("headers", {}).items()}
    if silent:
        document.promised_headers.update(headers)
    elif "statuses" in data:
        document.declared_headers = headers


def _answer(line: str) -> Answer:
    parts = {word: rest for word, _, rest in (part.partition(" ") for part in notation.split(line))}
    return Answer(notation.values(parts["words"]), parts["body"])
