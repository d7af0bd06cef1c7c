"""The site, for Sphinx: `make site`. The API page is written from openapi.yaml, the reference from docstrings."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from webflow_orders import __version__

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

project = "webflow-orders"
author = "webflow-orders maintainers"
copyright = "2026, webflow-orders maintainers"
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "webflow-orders"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
# Nothing from another host: the site works from a folder, without a network.
html_theme_options = {"top_of_page_buttons": []}
myst_heading_anchors = 3
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_class_signature = "separated"
python_display_short_literal_types = True
napoleon_use_ivar = True
default_role = "code"
# Of other READMEs, which link to files beside them: `_unlinked` keeps their words.
suppress_warnings = ["myst.xref_missing"]
exclude_patterns = ["README.md"]

METHODS = ("get", "post", "put", "patch", "delete")


def api_page() -> str:
    """The operations and schemas of openapi.yaml, as a page for people."""
    spec = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))
    lines = [
        "# The API",
        "",
        "Written from `openapi.yaml`, the single source of truth. What departs from Webflow's own documents has its "
        "evidence there.",
        "",
    ]
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item:
                lines += _operation(method.upper(), path, item[method], spec)
    lines += ["## Schemas", ""]
    for name, schema in spec["components"]["schemas"].items():
        lines += _schema(name, schema)
    return "\n".join(lines) + "\n"


def _operation(method: str, path: str, operation: dict[str, Any], spec: dict[str, Any]) -> list[str]:
    lines = [f"## {operation['operationId']}", "", f"`{method} {path}`", "", _prose(operation), ""]
    parameters = [_resolved(each, spec) for each in operation.get("parameters", [])]
    if parameters:
        lines += ["| parameter | in | what it says |", "| --- | --- | --- |"]
        lines += [f"| `{each['name']}` | {each['in']} | {_cell(each)} |" for each in parameters]
        lines.append("")
    body = operation.get("requestBody")
    if body:
        lines += [f"Body: {_type(next(iter(_resolved(body, spec)['content'].values()))['schema'])}", ""]
    lines += ["| answer | what it says |", "| --- | --- |"]
    for status, answer in operation["responses"].items():
        answer = _resolved(answer, spec)
        shapes = [_type(media["schema"]) for media in answer.get("content", {}).values() if "schema" in media]
        lines.append(f"| {status} | {_cell(answer)} {' '.join(shapes)} |")
    return [*lines, ""]


def _schema(name: str, schema: dict[str, Any]) -> list[str]:
    lines = [f"### {name}", "", _prose(schema), ""]
    if "enum" in schema:
        lines += ["One of " + ", ".join(f"`{word}`" for word in schema["enum"]) + ".", ""]
    required = schema.get("required", [])
    if properties := schema.get("properties"):
        lines += ["| field | type | |", "| --- | --- | --- |"]
        for field, inner in properties.items():
            always = "" if field in required else " (may be absent)"
            lines.append(f"| `{field}` | {_type(inner)}{always} | {_cell(inner)} |")
        lines.append("")
    return lines


def _resolved(part: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    found: Any = part
    while "$ref" in found:
        target: Any = spec
        for word in found["$ref"].removeprefix("#/").split("/"):
            target = target[word]
        found = target
    return dict(found)


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    for joined in ("oneOf", "anyOf", "allOf"):
        if joined in schema:
            return " or ".join(_type(each) for each in schema[joined])
    kinds = schema.get("type", "anything")
    if kinds == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return " or ".join([kinds] if isinstance(kinds, str) else kinds)


def _prose(part: dict[str, Any]) -> str:
    return str(part.get("description") or part.get("summary") or "").strip()


def _cell(part: dict[str, Any]) -> str:
    return re.sub(r"\s+", " ", _prose(part)).replace("|", "\\|")


def _llms(app: Any, error: Exception | None) -> None:
    """An index for programs that read: each page with its first sentence."""
    if error is None and app.builder.name == "html":
        about = "> An unofficial typed Python client for Webflow's Ecommerce Orders API."
        lines = [f"# {project} {version}", "", about, ""]
        for name in sorted(app.env.found_docs, key=lambda name: (name != "index", name)):
            lines.append(f"- [{app.env.titles[name].astext()}]({name}.html)")
        (Path(app.outdir) / "llms.txt").write_text("\n".join(lines) + "\n", "utf-8")


def _unlinked(app: Any, doctree: nodes.document, docname: str) -> None:
    """A link to a file that is no page of the site is its words alone."""
    for link in list(doctree.findall(nodes.reference)):
        target = link.get("refid") or link.get("refuri", "").removeprefix("#")
        if re.fullmatch(r"[\w./-]+\.(md|py|yaml)", target):
            link.replace_self(link.children)


def _plain(app: Any, what: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Docstrings are plain text: a trailing underscore is no reference, and what is indented is code."""
    plain: list[str] = []
    for line in lines:
        before = plain[-1] if plain else ""
        indented, after = line.startswith("  "), before.startswith("  ")
        if indented and not after and not before.startswith((":", "-", "..", "*")):
            plain += ["", "::", ""] if before or not plain else ["::", ""]
        elif line and after and not indented:
            plain.append("")
        plain.append(re.sub(r"(?<=\w)_(?=[^\w`]|$)", r"\_", line) if not line.startswith("  ") else line)
    lines[:] = plain


def setup(app: Any) -> None:
    (HERE / "api.md").write_text(api_page(), "utf-8")
    app.connect("autodoc-process-docstring", _plain, priority=900)
    app.connect("doctree-resolved", _unlinked)
    app.connect("build-finished", _llms)
