"""Reading fields, for objects that are decoded when they are read. Everyone's are read alike, dictionaries too."""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any


def one(order: Any) -> Any:
    return order.status


def five(order: Any) -> tuple[Any, ...]:
    return (
        order.order_id,
        order.status,
        order.accepted_on,
        order.customer_paid.value,
        order.purchased_items_count,
    )


def toucher(sample: object) -> Callable[[Any], None]:
    """A function that reads every field at every depth of what has the shape of `sample`.

    It is straight-line code, made beforehand: a walk by reflection would cost more than what it measures.
    """
    lines = [f"    {line}" for line in _reads(sample, "order", iter(range(10**6)))]
    space: dict[str, Any] = {}
    exec("\n".join(["def touch(order):", *lines]), space)
    made: Callable[[Any], None] = space["touch"]
    return made


def _reads(value: object, name: str, numbers: Iterator[int]) -> Iterator[str]:
    for access, child in children(value):
        if is_list(child) and child and has_fields(child[0]):
            # Every item is read as the first is; their shapes are alike, or the sample is no good.
            each = f"each{next(numbers)}"
            yield f"for {each} in {name}{access}:"
            yield from (f"    {line}" for line in _reads(child[0], each, numbers))
        elif has_fields(child):
            deeper = f"deeper{next(numbers)}"
            yield f"{deeper} = {name}{access}"
            yield from _reads(child, deeper, numbers)
        else:
            yield f"{name}{access}"


def children(value: Any) -> Iterator[tuple[str, Any]]:
    """How each field is reached, and what is there."""
    if isinstance(value, dict):
        yield from ((f"[{key!r}]", each) for key, each in value.items())
    else:
        yield from ((f".{name}", getattr(value, name)) for name in _names(type(value)))


def is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def has_fields(value: object) -> bool:
    return isinstance(value, dict) or bool(_names(type(value)))


def _names(kind: Any) -> list[str]:
    """Of an attrs class, a msgspec Struct or a pydantic model. What no spec lists is not asked for."""
    attrs = sys.modules.get("attrs")
    if attrs is not None and attrs.has(kind):
        # The name in the constructor: ours has a slot under two names, of which msgspec needs the other.
        return [each.alias for each in attrs.fields(kind) if each.name != "additional_properties"]
    if hasattr(kind, "__struct_fields__"):
        return list(kind.__struct_fields__)
    return list(getattr(kind, "model_fields", ()))


def leaves(value: object, at: str = "") -> Iterator[tuple[str, str]]:
    """Each value at each depth, by a path and in words that are the same for everyone. What is unset is left out."""
    if is_list(value):
        for index, each in enumerate(value):
            yield from leaves(each, f"{at}/{index}")
    elif has_fields(value):
        for access, child in children(value):
            name = "".join(each for each in access if each.isalnum()).lower()
            yield from leaves(child, f"{at}/{name}")
    elif value is not None and type(value).__name__ != "Unset":
        yield at, _in_words(value)


def _in_words(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, Enum):
        return str(value.value)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
