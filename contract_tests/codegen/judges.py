"""Three judges of a body that know nothing of each other, and the places in a body that the spec speaks of.

jsonschema_rs reads openapi.yaml itself; the strict models are datamodel-code-generator's, the lenient ones are those
of the client.
"""

from __future__ import annotations

import enum
import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import attrs
import jsonschema_rs
from attrs import frozen
from hypothesis import settings
from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import MISSING
from webflow_orders_generated import schemas
from webflow_orders_generated.client import models
from webflow_orders_generated.client.types import Model

from contract_tests.codegen.bodies import SPEC, Bodies, Json, bodies_of_answers

# Enough to come by each field several times; a night may draw more.
EXAMPLES = settings(max_examples=int(os.environ.get("EXAMPLES", "40")))
# What is answered, or posted to a receiver, and has a name.
_BODIES = [schema.get("$ref", "").rpartition("/")[2] for _, schema in bodies_of_answers(SPEC)]
NAMES = [name for name in dict.fromkeys(_BODIES) if name]
WHOLE = Bodies(SPEC).whole
for each in list(vars(schemas).values()):
    if isinstance(each, type) and issubclass(each, BaseModel) and each.__module__ == schemas.__name__:
        each.model_rebuild()  # One that names a later one has no aliases until it is finished.


def strictly(name: str, body: Any) -> BaseModel:
    """Raises ValidationError. By the names on the wire only: an unknown field may be called as one of Python's."""
    model: type[BaseModel] = getattr(schemas, name)
    return model.model_validate_json(json.dumps(body), by_alias=True, by_name=False)


def leniently(name: str, body: Any) -> Model:
    model: type[Model] = getattr(models, name)
    return model.from_json(json.dumps(body))


def is_accepted(name: str, body: Json) -> bool:
    try:
        strictly(name, body)
    except ValidationError:
        return False
    return True


def is_valid(name: str, body: Any) -> bool:
    schema = {"$ref": f"#/components/schemas/{name}", "components": SPEC["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(body)


def exactly(body: Any) -> str:
    """To compare by: to Python 1, 1.0 and True are equal."""
    return json.dumps(body, sort_keys=True)


def same(lenient: Any, strict: Any) -> bool:
    """Whether two fields that were read by two generators' models have the same value."""
    if strict is MISSING or strict is None:
        return lenient in (None, ())
    if isinstance(strict, RootModel):
        return same(lenient, strict.root)
    if isinstance(strict, BaseModel):
        return all_same(lenient, strict)
    if isinstance(strict, list):
        return len(lenient) == len(strict) and all(map(same, lenient, strict))
    if isinstance(strict, enum.Enum):
        return isinstance(lenient, enum.Enum) and lenient.value == strict.value
    if isinstance(strict, datetime) and isinstance(lenient, datetime):
        return abs(lenient - strict) <= timedelta(
            microseconds=1
        )  # Beyond that, one rounds and the other cuts.
    # What may be sent as a number or as digits has one type in the lenient models.
    if isinstance(strict, str) and isinstance(lenient, int):
        return lenient == int(strict)
    if isinstance(strict, int) and isinstance(lenient, str):
        return lenient == str(strict)
    return bool(lenient == strict) and isinstance(lenient, bool) is isinstance(strict, bool)


def names_of(model: Any) -> dict[str, str]:
    """The Python names of a lenient model's fields, by their JSON names."""
    return {field.metadata["key"]: field.alias for field in attrs.fields(model)}


def all_same(lenient: Model, strict: BaseModel) -> bool:
    names = {field.alias or python: python for python, field in type(strict).model_fields.items()}
    return all(
        same(getattr(lenient, python), getattr(strict, names[key]))
        for key, python in names_of(type(lenient)).items()
    )


@frozen
class Place:
    """One value in a body that the spec has a schema for."""

    path: tuple[str | int, ...]
    schema: Json
    value: Any
    required: bool = False

    @property
    def pointer(self) -> str:
        return "".join(f"/{key}" for key in self.path)


def walk(
    value: Any, schema: Json, path: tuple[str | int, ...] = (), *, required: bool = False
) -> Iterator[Place]:
    schema = chosen(value, WHOLE(schema))
    if path:
        yield Place(path, schema, value, required)
    if isinstance(value, dict):
        for name in schema.get("properties", {}).keys() & value.keys():
            needed = name in schema.get("required", ())
            yield from walk(value[name], schema["properties"][name], (*path, name), required=needed)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from walk(each, schema["items"], (*path, index))


def chosen(value: Any, schema: Json) -> Json:
    """Of several, the schema that the value is of; of a nullable one the other half, if it is null."""
    parts = [WHOLE(part) for part in schema.get("oneOf", schema.get("anyOf", []))]
    kind = {dict: "object", str: "string", int: "integer"}.get(type(value), "object")
    fitting = [part for part in parts if kind in part["type"]] or [p for p in parts if p["type"] != "null"]
    return {**fitting[0], "alternatives": parts} if parts else schema


def put(body: Any, path: tuple[str | int, ...], value: Any) -> None:
    for key in path[:-1]:
        body = body[key]
    body[path[-1]] = value


def reached(model: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        model = model[key] if isinstance(key, int) else getattr(model, names_of(type(model))[key])
    return model
