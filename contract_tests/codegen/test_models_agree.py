"""Two generators read one spec: the lenient models of the client and the strict ones of the mock must agree."""

from __future__ import annotations

import enum
import json
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ValidationError
from webflow_orders_generated import schemas
from webflow_orders_generated.client import models
from webflow_orders_generated.client.types import Model

from contract_tests.codegen.judges import names_of
from contract_tests.conftest import ROOT

SPEC = yaml.load((ROOT / "openapi.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
SCHEMAS = SPEC["components"]["schemas"]
EXAMPLES = [
    (schema, name)
    for name, schema in [("Order", "Order"), ("DigitalOrder", "Order"), ("OrderList", "OrderList"),
                         ("OrderV1", "OrderV1"), ("NewOrderEvent", "NewOrderEvent"),
                         ("OrderChangedEvent", "OrderChangedEvent")]
]  # fmt: skip
OBJECTS = sorted(name for name, schema in SCHEMAS.items() if schema["type"] == "object")
ENUMS = sorted(name for name, schema in SCHEMAS.items() if "enum" in schema)


@pytest.mark.parametrize(("schema", "name"), EXAMPLES)
def test_both_generators_round_trip_the_example(schema: str, name: str, examples: dict[str, Any]) -> None:
    example = examples[name]
    lenient: type[Model] = getattr(models, schema)
    strict: type[BaseModel] = getattr(schemas, schema)
    assert lenient.from_dict(example).to_dict() == example
    assert lenient.from_dict(example).unreadable == {}
    validated = strict.model_validate_json(lenient.from_dict(example).to_json())
    # pydantic writes dates with microseconds.
    dumped = validated.model_dump_json(by_alias=True, exclude_unset=True).replace("000Z", "Z")
    assert json.loads(dumped) == example


@pytest.mark.parametrize("name", OBJECTS)
def test_both_generators_know_the_same_fields(name: str) -> None:
    lenient: type[Model] = getattr(models, name)
    strict: type[BaseModel] = getattr(schemas, name)
    strict.model_rebuild()  # A model that names a later one is finished on first use.
    of_lenient = [*names_of(lenient)]
    of_strict = [field.alias or python for python, field in strict.model_fields.items()]
    assert sorted(of_lenient) == sorted(of_strict) == sorted(SCHEMAS[name]["properties"])


@pytest.mark.parametrize("name", ENUMS)
def test_both_generators_know_the_same_words(name: str) -> None:
    lenient: type[enum.Enum] = getattr(models, name)
    strict: type[enum.Enum] = getattr(schemas, name)
    assert (
        sorted(m.value for m in lenient) == sorted(m.value for m in strict) == sorted(SCHEMAS[name]["enum"])
    )


def test_the_strict_models_refuse_what_the_spec_refuses(examples: dict[str, Any]) -> None:
    for broken in (
        {"status": "shipped"},
        {"orderId": None},
        {"customerPaid": {"unit": "USD", "value": "12.50"}},
        {"hasDownloads": "true"},
        {"hasDownloads": None},
        {"purchasedItemsCount": 1.5},
        {"acceptedOn": "yesterday"},
    ):
        with pytest.raises(ValidationError):
            schemas.Order.model_validate_json(models.Order.from_dict(examples["Order"] | broken).to_json())
