"""Which words of an enum may be shown, when somebody's orders have others than the description lists.

A closed list is the machine's, and so is a new word of it. An open one is text: what stands there could be anybody's
name, however it looks. But what the orders of several customers have in common is the name of none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from ..description import Place, types_of

# A word that a closed list does not know: no digits, no space, so no name and no number.
WORD = re.compile(r"[A-Za-z][a-z]{0,19}([_-][a-z]{1,19}){0,4}")
# A word of a machine's: of an error, or of a list of such.
SLUG = re.compile(r"[a-z]{1,20}([_-][a-z]{1,20}){0,4}")
# One of any spelling, yet no number.
OPEN_WORD = re.compile(r"(?=.{1,40}$)[^\W\d_]+(['.&]?[ _-]?[^\W\d_]+)*")
# So many customers must have it in common.
CUSTOMERS = 3
# In the place of a word that may not be shown.
HIDDEN = "?"
PERSONAL = (
    "customerInfo", "allAddresses", "shippingAddress", "billingAddress", "customData", "orderComment", "comment",
    "stripeCard",
)  # fmt: skip


def words_of(places: Iterable[Place]) -> list[str] | None:
    """The words of an enum, open or closed; None where there is none."""
    found = [each.schema.get("enum", each.schema.get("x-extensible-enum")) for each in places]
    lists = [words for words in found if words is not None]
    return [str(word) for words in lists for word in words if word is not None] if lists else None


class Words:
    """Those of one body."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def shown(self, value: str, places: Iterable[Place]) -> str | None:
        """The value, if its schema is an enum and it is a word of it, or HIDDEN; None where there is no enum."""
        lists = list(places)
        known = words_of(lists)
        if known is None:
            return None
        if value in known:
            return value
        if any("x-extensible-enum" in each.schema for each in lists):
            return value if SLUG.fullmatch(value) else HIDDEN
        if not any("string" in types_of(each.schema) and "enum" not in each.schema for each in lists):
            return value if WORD.fullmatch(value) else HIDDEN
        return value if OPEN_WORD.fullmatch(value) and value in self._shared else HIDDEN

    @cached_property
    def _shared(self) -> frozenset[str]:
        """What orders of several customers say alike, and is no part of what they say of themselves."""
        customers: dict[str, set[str]] = {}
        names: set[str] = set()
        for order in _orders(self._body):
            who = order.get("customerInfo")
            name = str(who.get("fullName", "")).casefold() if isinstance(who, dict) else ""
            own = {key: value for key, value in order.items() if key in PERSONAL}
            card = own.get("stripeCard")
            if isinstance(card, dict):
                own["stripeCard"] = {key: value for key, value in card.items() if key != "brand"}
            names.update(part for text in _texts(own) for part in re.findall(r"[^\W\d_]+", text.casefold()))
            for text in set(_texts(order)) if name else ():
                customers.setdefault(text, set()).add(name)
        return frozenset(
            text
            for text, who in customers.items()
            if len(who) >= CUSTOMERS and names.isdisjoint(re.findall(r"[^\W\d_]+", text.casefold()))
        )


def _orders(body: Any) -> list[dict[str, Any]]:
    found = body.get("orders", [body]) if isinstance(body, dict) else body
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _texts(child)
