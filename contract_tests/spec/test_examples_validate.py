"""Is every example in openapi.yaml an example of its schema, and is everybody in it invented?"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from contract_tests.spec.comparison.specfile import PATH, Node, Spec, load, walk

SPEC = Spec(load())
TEXT = PATH.read_text("utf-8")
# Hosts that belong to nobody, and those of the API and its docs.
INVENTED = re.compile(r"(?:[\w-]+\.)*(?:example|example\.(?:com|org|net))")
WEBFLOW = ("api.webflow.com", "webflow.com", "developers.webflow.com")


def validator(schema: Node, spec: Spec = SPEC) -> jsonschema_rs.Draft202012Validator:
    whole = {**schema, "components": spec.data["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def examples(spec: Spec) -> Iterator[tuple[str, Node, Any]]:
    """Each example: where it is, its schema, its value."""
    for pointer, node in walk(spec.data):
        if pointer.startswith("#/components/examples"):
            continue
        if "schema" in node:
            for name, example in node.get("examples", {}).items():
                yield f"{pointer}/examples/{name}", node["schema"], spec.whole(example)["value"]
            if "example" in node:
                yield f"{pointer}/example", node["schema"], node["example"]
        elif isinstance(node.get("examples"), list):
            for index, value in enumerate(node["examples"]):
                yield f"{pointer}/examples/{index}", node, value


EXAMPLES = {pointer: (schema, value) for pointer, schema, value in examples(SPEC)}


def problems(schema: Node, value: Any) -> list[str]:
    return [
        f"{'/'.join(map(str, each.instance_path))}: {each.message}"
        for each in validator(schema).iter_errors(value)
    ]


@pytest.mark.parametrize("pointer", EXAMPLES)
def test_an_example_is_valid(pointer: str) -> None:
    assert problems(*EXAMPLES[pointer]) == []


def test_each_example_is_looked_at() -> None:
    used = {id(value) for _, value in EXAMPLES.values()}
    stated = SPEC.data["components"]["examples"]
    assert [name for name, example in stated.items() if id(example["value"]) not in used] == []
    for place in ("/requestBody/", "/responses/", "/parameters/", "/headers/", "/schemas/"):
        assert any(place in pointer for pointer in EXAMPLES), f"no example in {place}"


ORDER = SPEC.data["components"]["examples"]["Order"]["value"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("acceptedOn",), "yesterday"),
        (("customerInfo", "email"), "no mail address"),
        (("purchasedItems", 0, "productId"), "dfa-3f1"),
        (("purchasedItems", 0, "variantImage", "url"), "no address"),
        (("purchasedItems", 0, "variantImage", "file"), {"createdOn": "lately"}),
        (("customerPaid", "value"), "68.44"),
        (("status",), "lost"),
        (("orderId",), None),
    ],
)
def test_what_is_wrong_in_an_example_is_seen(path: tuple[Any, ...], value: Any) -> None:
    order = copy.deepcopy(ORDER)
    place = order
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert problems({"$ref": "#/components/schemas/Order"}, order)


def test_the_first_example_of_an_order_has_every_field_but_the_one_of_v1() -> None:
    fields = SPEC.data["components"]["schemas"]["Order"]["properties"]
    assert set(fields) - set(ORDER) == {"requiresShipping"}


def test_mail_addresses_are_at_hosts_that_belong_to_nobody() -> None:
    hosts = re.findall(r"[\w.+-]+@([\w.-]+\w)", TEXT)
    assert hosts
    assert [host for host in hosts if not re.fullmatch(r"example\.(com|org|net)", host)] == []


def test_addresses_on_the_web_are_invented_or_webflows() -> None:
    hosts = set(re.findall(r"https?://([\w.-]+)", TEXT))
    assert hosts
    assert [host for host in hosts if not INVENTED.fullmatch(host) and host not in WEBFLOW] == []
