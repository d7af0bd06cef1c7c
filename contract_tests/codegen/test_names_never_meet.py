"""Can a name of the spec meet a name of the templates, of Python or of attrs? Generated, imported and read to see."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

NAMES = [
    "read", "new", "class", "self", "cls", "from_json", "fromJson", "from-json", "to_dict", "additional_properties",
    "additionalProperties", "unreadable", "list", "type", "tuple", "str", "_raw", "_origin", "__init__", "__slots__",
    "DOCUMENT", "with-hyphen", "2nd", "a b", "$ref", "Größe", "model", "Model", "Any", "datetime", "Sequence",
    "import", "None", "keys", "mro", "Part", "field",
]  # fmt: skip

# A value for each kind of type that openapi.yaml could give a field.
KINDS: dict[str, tuple[dict[str, Any], Any]] = {
    "string": ({"type": "string"}, "x"),
    "integer": ({"type": "integer"}, 7),
    "number": ({"type": "number"}, 1.5),
    "boolean": ({"type": "boolean"}, True),
    "moment": ({"type": "string", "format": "date-time"}, "2021-03-20T18:22:46Z"),
    "word": ({"$ref": "#/components/schemas/Word"}, "blue"),
    "nullable": ({"oneOf": [{"$ref": "#/components/schemas/Part"}, {"type": "null"}]}, {"size": 1}),
    "either": ({"oneOf": [{"type": "string"}, {"$ref": "#/components/schemas/Part"}]}, {"size": 1}),
    "part": ({"$ref": "#/components/schemas/Part"}, {"size": 1}),
    "parts": ({"type": "array", "items": {"$ref": "#/components/schemas/Part"}}, [{"size": 1}]),
    "strings": ({"type": "array", "items": {"type": "string"}}, ["x"]),
    "document": ({"$ref": "#/components/schemas/Document"}, {"size": 1}),
    "documents": ({"type": "array", "items": {"$ref": "#/components/schemas/Document"}}, [{"size": 1}]),
    "anything": ({}, {"x": [1]}),
}

# Run where only the generated package is known. It says which name of which kind went wrong, and how.
PROGRAM = """
import attrs, json, pickle, sys
from odd import models
from odd.types import Model, Unset

def plain(value):
    if isinstance(value, Model):
        return value.to_dict()
    return [plain(each) for each in value] if not isinstance(value, str) and hasattr(value, "__len__") else value

outer = {field.metadata["key"]: field.alias for field in attrs.fields(models.Whole)}
for schema, name, value in json.load(sys.stdin):
    for required in ("", "Needed"):
        kind, body = getattr(models, schema + required), {name: value, "beside": {"unknown": 1}}
        try:
            read = kind.from_json(json.dumps(body))
            (field,) = attrs.fields(kind)
            given = getattr(read, field.alias)
            assert given is not None and read.to_dict() == body, (given, read.to_dict())
            assert read.unreadable == {}, read.unreadable
            assert read.additional_properties == {"beside": {"unknown": 1}}
            assert kind(**{field.alias: given}).to_dict().keys() == {name}
            assert attrs.evolve(read) == kind(**{field.alias: given})
            assert pickle.loads(pickle.dumps(read)) == read
            whole = models.Whole.from_json(json.dumps({schema: body}))
            assert plain(getattr(getattr(whole, outer[schema]), field.alias)) == plain(given)
            repr(read)
        except Exception as error:
            print(schema, name, required, type(error).__name__, error)
"""


def test_no_name_of_the_spec_meets_one_of_the_templates(generate: ModuleType, tmp_path: Path) -> None:
    part = {"type": "object", "properties": {"size": {"type": "integer"}}}
    schemas: dict[str, Any] = {
        "Word": {"type": "string", "enum": ["blue", "red"]},
        "Part": part,
        "Document": {**part, "x-document": True},
    }
    rows = []
    for number, name in enumerate(NAMES):
        for letter, (schema, value) in zip("ABCDEFGHIJKLMNOP", KINDS.values(), strict=False):
            title = f"Odd{letter}{number}"
            schemas[title] = {"type": "object", "properties": {name: schema}}
            schemas[f"{title}Needed"] = {**schemas[title], "required": [name]}
            rows.append((title, name, value))
    whole = {title: {"$ref": f"#/components/schemas/{title}"} for title, _, _ in rows}
    schemas["Whole"] = {"type": "object", "properties": whole}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "odd", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    }
    spec = tmp_path / "odd.yaml"
    spec.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    generate.build_client(spec, tmp_path / "odd")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        input=json.dumps(rows),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
