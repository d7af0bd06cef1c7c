"""Docs pages typed from the data files, in the form in which a saved page has them: the counterpart of reader.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from contract_tests.spec.comparison import datafiles, notation

ADDRESS = "https://developers.webflow.com/data/reference"
TITLES = {"request fields": "Body (application/json)", "response fields": "200"}
MARKS = {"read-only": "Read-only", "required": "Required", "optional": "Optional", "may be empty": ""}


def response_fields(operation: str) -> dict[str, str]:
    """What the page prints of the response: one level, and `object` for whatever has a name of its own."""
    data = datafiles.raw(f"{operation}.yaml")
    name = data.get("response", "").removeprefix("list of ")
    table: dict[str, str] = next(
        (raw[name] for file in data["tables"] if name in (raw := datafiles.raw(file))), {}
    )
    return {field: unnamed(line) for field, line in table.items()}


def unnamed(line: str) -> str:
    kind, *marks = notation.split(line)
    if kind.removeprefix("list of ")[0].isupper():
        kind = "list of objects" if kind.startswith("list") else "object"
    return ", ".join([kind, *marks])


def typed(name: str, line: str) -> Iterator[str]:
    """A field as a page prints it: name, type and marks without a space, and a description below."""
    kind, *marks = notation.split(line)
    kind, _, values = kind.partition(" [")
    glued, below = "", []
    for mark in marks:
        word, _, rest = mark.partition(" ")
        if word == "format":
            glued += f'format: "{rest}"'
        elif word == "default":
            below.append(f"Defaults to {rest}")
        else:
            glued += MARKS[mark] if mark in MARKS else "<=" + mark.removeprefix("at most ")
    yield f"{name}{kind}{glued}"
    yield "Says what this is, in a sentence."
    yield from [f"Allowed values: {values.rstrip(']')}"] * bool(values)
    yield from ["", *below]


def page(operation: str, **changed: dict[str, str]) -> str:
    """A page about an operation, in the form of the real ones; sections may be given anew."""
    data = datafiles.raw(f"{operation}.yaml")
    lines = [data["title"], "", "Does what its title says", ""]
    lines += [f"Required scope | {data['scope']}"] if "scope" in data else [data["method"]]
    lines += ["", "Authentication", "", "AuthorizationBearer"] if "authentication" in data else []
    sections = {key: data[key] for key in (*datafiles.PARAMETERS, "request fields") if key in data}
    sections |= {"response fields": fields} if (fields := response_fields(operation)) else {}
    sections |= changed
    for section, fields in sections.items():
        title = section.removesuffix(" fields").capitalize()
        lines += [
            "",
            title,
            "",
            *(line for name, field in fields.items() for line in typed(name, unnamed(field))),
        ]
    if "errors" in data:
        lines += ["Errors", "", *(line for status in data["errors"] for line in (str(status), "Some Error"))]
    return "\n".join(lines)


def without_empty(line: str) -> str:
    """A page does not print what may be empty."""
    return line.replace(", may be empty", "")


# ---------------------------------------------------------------- the same in the forms of 2026


def nested(operation: str, section: str) -> dict[str, str]:
    """The fields of a section and of the objects in it, by their paths, as the data files have them."""
    data = datafiles.raw(f"{operation}.yaml")
    objects: dict[str, dict[str, str]] = {}
    for file in data["tables"]:
        raw = datafiles.raw(file)
        for name, lines in raw.items():
            if not raw.get("partial") and isinstance(lines, dict) and name not in datafiles.NOT_OBJECTS:
                objects.setdefault(name, {}).update(lines)
    top = data.get("request fields", {})
    if section == "response":
        top = objects.get(data.get("response", "").removeprefix("list of "), {})
    return dict(_below(top, objects))


def _below(
    fields: dict[str, str], objects: dict[str, dict[str, str]], path: str = ""
) -> Iterator[tuple[str, str]]:
    for name, line in fields.items():
        kind = notation.split(line)[0].removesuffix(" or null").removeprefix("list of ")
        if kind != "any":
            yield f"{path}{name}", unnamed(line)
        yield from _below(objects.get(kind, {}), objects, f"{path}{name}.")


def sections(operation: str) -> dict[str, dict[str, str]]:
    """Every section of a page of 2026, nested."""
    data = datafiles.raw(f"{operation}.yaml")
    found = {section: data[section] for section in datafiles.PARAMETERS if section in data}
    return found | {
        f"{part} fields": fields for part in ("request", "response") if (fields := nested(operation, part))
    }


def address(operation: str) -> tuple[str, str]:
    """The method and the path, wherever the data file has them."""
    data = datafiles.raw(f"{operation}.yaml")
    whole = data | {
        key: value for key, value in data.get("not on the page", {}).items() if key in ("path", "method")
    }
    return whole["method"], whole["path"]


def bulleted(operation: str, **changed: dict[str, str]) -> str:
    """A page as markdown with bullets. It prints no format and no mark of what is read-only."""
    data, (method, path) = datafiles.raw(f"{operation}.yaml"), address(operation)
    url = f"https://api.webflow.com{path}" if path.startswith("/") else ""
    lines = [
        "> For clean Markdown of any page, append .md to the page URL.",
        "",
        f"# {data['title']}",
        "",
        f"{method} {url}",
    ]
    lines += ["", "What it does.", *([f"Required scope | `{data['scope']}`"] if "scope" in data else [])]
    lines += ["", f"Reference: {ADDRESS}/{operation}", "", "## Authentication", ""]
    lines += [
        "- `Authorization` header (bearer token, required) — Of the form `Bearer <token>`.",
        "",
        "## Request",
    ]
    for section, fields in (sections(operation) | changed).items():
        title = TITLES.get(section, section.capitalize())
        lines += ["", *(["## Response", ""] if title == "200" else []), f"### {title}", "", "As it says.", ""]
        for name, line in fields.items():
            lines += bullets(name, line)
    for status in data.get("errors", []):
        lines += ["", f"### {status}", "", "- `code` (string, optional) — A word"]
    return "\n".join(lines) + "\n"


def bullets(path: str, line: str) -> Iterator[str]:
    """One field: two blanks for each object that it is in."""
    kind, *marks = notation.split(line)
    kind, _, values = kind.partition(" [")
    nullable = ["nullable"] if kind.endswith(" or null") else []
    kind = (
        kind.removesuffix(" or null")
        .replace("list of", "array of")
        .replace("maps from strings to any", "maps")
    )
    kind = {"datetime": "string", "uuid": "string", "enum": "enum" if values else "string"}.get(kind, kind)
    shown = [mark.replace("default ", "default: ") for mark in marks if mark.startswith("default")]
    need = "required" if "required" in marks else "optional"
    indent = "  " * path.count(".")
    yield f"{indent}- `{path.rpartition('.')[2]}` ({', '.join([kind, need, *nullable, *shown])}) — Says what (if any)"
    if values:
        yield f"{indent}  - Allowed values: " + ", ".join(
            f"`{value.strip()}`" for value in values.rstrip("]").split(",")
        )


def document(*operations: str) -> dict[str, Any]:
    """The OpenAPI document of a page, or of a group of them."""
    paths: dict[str, Any] = {}
    for operation in operations:
        data, (method, path) = datafiles.raw(f"{operation}.yaml"), address(operation)
        scope = f"Required scope | `{data['scope']}`" if "scope" in data else "No scope"
        node: dict[str, Any] = {"operationId": "x", "summary": data["title"], "description": scope}
        found = sections(operation)
        node["parameters"] = [
            {"name": name, "in": where, "required": "required" in line, "schema": schema(line, {})}
            for section, where in datafiles.PARAMETERS.items()
            for name, line in found.get(section, {}).items()
        ]
        if "request fields" in found:
            node["requestBody"] = {
                "content": {"application/json": {"schema": whole(found["request fields"])}}
            }
        node["responses"] = {str(status): {"description": "An error."} for status in data.get("errors", [])}
        node["responses"]["200"] = {
            "content": {"application/json": {"schema": whole(found.get("response fields", {}))}}
        }
        server = "/v2" if path.startswith("/v2") else ""
        item = paths.setdefault(
            path.removeprefix("/v2"), {"servers": [{"url": f"https://api.webflow.com{server}"}]}
        )
        item[method.lower()] = node
    return {"openapi": "3.1.0", "info": {"title": "Orders", "version": "1"}, "paths": paths}


def whole(fields: dict[str, str], path: str = "") -> dict[str, Any]:
    """The schema of an object from its fields' paths."""
    own = [name for name in fields if name.startswith(path) and "." not in name.removeprefix(path)]
    return {
        "type": "object",
        "properties": {
            name.removeprefix(path): schema(fields[name], whole_below(fields, name)) for name in own
        },
        "required": [name.removeprefix(path) for name in own if ", required" in fields[name]],
    }


def whole_below(fields: dict[str, str], name: str) -> dict[str, Any]:
    below = whole(fields, f"{name}.")
    return below if below["properties"] else {}


def schema(line: str, below: dict[str, Any]) -> dict[str, Any]:
    """A line of the notation in JSON Schema's words; null as `nullable` has it."""
    fact = notation.read(line)
    held = {"type": next(iter((fact.item or fact).types), None), **below}
    held |= {"enum": [*(fact.item or fact).enum]} if (fact.item or fact).enum else {}  # type: ignore[misc]
    held = {key: value for key, value in held.items() if value is not None}
    found: dict[str, Any] = {"type": "array", "items": held} if fact.item else held
    found |= {"format": fact.format} if fact.format else {}
    found |= {"nullable": True} if fact.nullable else {}
    found |= {"readOnly": True} if fact.read_only else {}
    found |= {"default": fact.default[0]} if fact.default else {}
    return found | dict(fact.limits)


def mdx(operation: str) -> str:
    """A page that holds its OpenAPI document, with a heading before and after it."""
    title, data = (
        datafiles.raw(f"{operation}.yaml")["title"],
        yaml.safe_dump(document(operation), sort_keys=False),
    )
    return f"# {title}\n\n## OpenAPI Specification\n\n```yaml\n{data}```\n\n## SDK Code Examples\n"
