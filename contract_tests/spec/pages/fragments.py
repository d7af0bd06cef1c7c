"""Read an OpenAPI document as docs pages: `openapi.json` of a page or a group, or the fragment in `<page>.mdx`.

Each operation is a page; its fields have the paths to them as names, as in bullets.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import yaml

from contract_tests.spec.comparison import notation
from contract_tests.spec.comparison.specfile import METHODS, Node

FENCED = re.compile(r"^```ya?ml[^\n]*\n(?P<text>openapi:.*?)^```", re.MULTILINE | re.DOTALL)
SECTIONS = {"path": "path parameters", "query": "query parameters", "header": "headers"}
DEEP = 8  # An object that holds itself ends here.


def document(text: str) -> Node | None:
    """The OpenAPI document in a file or in a fenced block of a page; None when there is none."""
    fenced = FENCED.search(text)
    if not fenced and not re.match(r"\s*(\{|openapi:)", text):
        return None
    try:
        found = yaml.load(fenced["text"] if fenced else text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None
    return found if isinstance(found, dict) and "openapi" in found else None


def parse(data: Node) -> Iterator[dict[str, Any]]:
    """A page for each operation and webhook."""
    for where in ("paths", "webhooks"):
        for path, item in data.get(where, {}).items():
            for method in METHODS:
                if method in item:
                    yield Fragment(data).page(path, method, item)


class Fragment:
    def __init__(self, data: Node) -> None:
        self.data = data

    def page(self, path: str, method: str, item: Node) -> dict[str, Any]:
        node = item[method]
        server = next(iter(node.get("servers", item.get("servers", self.data.get("servers", [])))), {})
        page: dict[str, Any] = {
            "title": node.get("summary") or self.data["info"]["title"],
            "method": method.upper(),
            "path": urlsplit(server.get("url", "")).path.rstrip("/") + path,
            "description": f"{node.get('description', '')} {node.get('operationId', '')}",
            "unread": [],
        }
        for parameter in map(self.whole, [*item.get("parameters", []), *node.get("parameters", [])]):
            if parameter["in"] in SECTIONS and parameter["name"] != "Authorization":
                section = page.setdefault(SECTIONS[parameter["in"]], {})
                section[parameter["name"]] = self.line(
                    parameter["schema"], required=parameter.get("required", False)
                )
        if body := self.schema(node.get("requestBody", {})):
            page["request fields"] = dict(self.fields(body))
        for status, answer in node.get("responses", {}).items():
            if str(status).startswith("2"):
                if schema := self.schema(answer):
                    page["response fields"] = dict(self.fields(schema))
            elif str(status) != "default":
                page.setdefault("errors", []).append(str(status))
        lines = [line for fields in page.values() if isinstance(fields, dict) for line in fields.values()]
        marks = {"format": ", format ", "read-only": ", read-only", "limits": ", at "}
        page["silent"] = {what for what, mark in marks.items() if not any(mark in line for line in lines)}
        return page

    def schema(self, node: Node) -> Node | None:
        content = self.whole(node).get("content", {})
        found: Node | None = next(
            (each.get("schema") for name, each in content.items() if "json" in name), None
        )
        return found

    def whole(self, node: Node) -> Node:
        """What a schema or another node says, with references followed, one alternative beside null, and allOf."""
        done: Node = {
            key: value for key, value in node.items() if key not in ("$ref", "allOf", "oneOf", "anyOf")
        }
        if "$ref" in node:
            target: Any = self.data
            for key in node["$ref"].removeprefix("#/").split("/"):
                target = target[key.replace("~1", "/").replace("~0", "~")]
            done = self.whole(target) | done
        for part in node.get("allOf", []):
            done = self.whole(part) | done
        parts = [self.whole(part) for part in [*node.get("oneOf", []), *node.get("anyOf", [])]]
        named = [part for part in parts if part.get("type") != "null"]
        if parts and len(named) == 1:
            done = named[0] | done | ({"nullable": True} if len(parts) > 1 else {})
        return done

    def fields(self, schema: Node, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
        """Each field below a schema: its path, and its line."""
        whole = self.whole(schema)
        while "items" in whole:
            whole = self.whole(whole["items"])
        for name, field in whole.get("properties", {}).items():
            yield f"{path}{name}", self.line(field, required=name in whole.get("required", []))
            if depth < DEEP:
                yield from self.fields(field, f"{path}{name}.", depth + 1)

    def line(self, schema: Node, *, required: bool) -> str:
        """A schema in the notation's words."""
        whole = self.whole(schema)
        kind, nullable = self.kind(whole)
        if nullable:
            word, bracket, values = kind.partition(" [")
            kind = f"{word} or null{bracket}{values}"
        marks = [f"format {whole['format']}"] if "format" in whole else []
        marks += ["read-only"] if whole.get("readOnly") else []
        marks += ["required" if required else "optional"]
        marks += [f"default {_json(whole['default'])}"] if "default" in whole else []
        marks += [f"at most {whole['maximum']}"] if isinstance(whole.get("maximum"), int) else []
        marks += [f"at least {whole['minimum']}"] if isinstance(whole.get("minimum"), int) else []
        return ", ".join([kind, *marks])

    def kind(self, whole: Node) -> tuple[str, bool]:
        kinds = whole.get("type", "object" if "properties" in whole else [])
        kinds = [kinds] if isinstance(kinds, str) else list(kinds)
        nullable = "null" in kinds or whole.get("nullable", False) or None in whole.get("enum", [])
        plain = [kind for kind in kinds if kind != "null"]
        if "enum" in whole and plain in (["string"], []):
            values = [str(value) for value in whole["enum"] if value is not None]
            return f"enum [{', '.join(values)}]", nullable
        if plain == ["array"]:
            inner, _ = self.kind(self.whole(whole["items"])) if "items" in whole else ("any", False)
            return notation.list_of(inner.partition(" [")[0]), nullable
        return (plain[0] if len(plain) == 1 else "any"), nullable


def _json(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True).removesuffix("\n...\n").strip()
