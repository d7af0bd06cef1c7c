"""Docs pages typed from the data files, in the form in which a saved page has them: the counterpart of pages.py."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.spec import datafiles, notation

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
