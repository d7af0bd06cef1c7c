"""Takes a customer's data out of an answer before anything else sees it: what is not on the list does not stay.

Every value becomes a placeholder of the same JSON type, one that is as valid or as invalid as the value was; so the
checks find the same, and have nothing to give away. Equal texts become equal placeholders, by a key that is
forgotten with the process: two looks at an order can still be compared.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from http.client import responses
from typing import Any

from ..description import DATE_TIME, Description, Place, fits, kind
from .exchange import Answer, Request, number_of
from .words import Words

ID, UNIT = re.compile("[0-9A-Za-z_-]{1,64}"), re.compile("[A-Z]{3}")
# An amount is shorter than the number of a card; an offset may be as long as one.
AMOUNT, COUNT = re.compile("-?[0-9]{1,12}"), re.compile("-?[0-9]{1,16}")
NUMBER = re.compile("[0-9]{1,6}")
# What may stay, by its place in the description and by how it must look.
KEPT: dict[str, re.Pattern[str]] = {
    "Order/properties/orderId": ID,
    "OrderV1/properties/orderId": ID,
    "PurchasedItem/properties/productId": re.compile("[0-9a-f]{24}"),
    "PurchasedItem/properties/variantId": re.compile("[0-9a-f]{24}"),
    "PurchasedItem/properties/count": NUMBER,
    "Order/properties/purchasedItemsCount": NUMBER,
    "OrderV1/properties/purchasedItemsCount": NUMBER,
    "Price/properties/unit": UNIT,
    "Price/properties/value": AMOUNT,
    "Pagination/properties/limit": COUNT,
    "Pagination/properties/offset": COUNT,
    "Pagination/properties/total": COUNT,
    "ErrorV1/properties/code": re.compile("[0-9]{3}"),
}
SCHEMAS = "/components/schemas/"
FIELD = re.compile("[A-Za-z_$][A-Za-z0-9_$]{0,39}")
HEADERS: dict[str, re.Pattern[str]] = {
    "content-type": re.compile(r"[a-z]+/[a-z0-9.+-]+(; ?charset=[A-Za-z0-9-]+)?", re.IGNORECASE),
    "x-ratelimit-limit": re.compile("-?[0-9]{1,9}"),
    "x-ratelimit-remaining": re.compile("-?[0-9]{1,9}"),
    "retry-after": re.compile("[0-9]{1,9}"),
    "allow": re.compile("[A-Z]+(, ?[A-Z]+)*"),
    "date": re.compile("[A-Za-z]{3}, [0-9]{2} [A-Za-z]{3} [0-9]{4} [0-9:]{8} GMT"),
}
# They speak of the body as it came, or of how it came; neither is so any more.
DROPPED = {"content-length", "content-encoding", "transfer-encoding", "connection", "set-cookie"}
PLACEHOLDER = "redacted"
BY_FORMAT = {
    "email": "redacted-{}@example.invalid",
    "uri": "https://example.invalid/redacted-{}",
}


def field(key: str) -> str:
    """The name of a field; a key that is no name, such as an address, is somebody's data."""
    return key if FIELD.fullmatch(key) else PLACEHOLDER


class Redactor:
    """`ours` are texts that the run itself wrote, and so may see again."""

    def __init__(
        self, description: Description, *, ours: Collection[str] = (), key: bytes | None = None
    ) -> None:
        self._description = description
        self._ours = frozenset(ours)
        self._key = key or secrets.token_bytes(16)

    def answer(self, request: Request, answer: Answer) -> Answer:
        """Another answer, made of what may stay: nothing of the first is carried over unseen."""
        body = self.body(request.method, request.url, answer.status, answer.decoded)
        return Answer(answer.status, responses.get(answer.status, ""), self.headers(answer.headers), body)

    def body(self, method: str, url: str, status: int, content: bytes) -> bytes:
        if not content:
            return content
        try:
            value = json.loads(content, parse_float=number_of)
        except (ValueError, RecursionError):
            return PLACEHOLDER.encode()
        known = self._description.operation(method, url)
        places = self._description.body(known.id, status) if known else []
        return json.dumps(self._value(value, places, Words(value))).encode()

    def headers(self, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        found = []
        for name, value in pairs:
            look = HEADERS.get(name.lower())
            if name.lower() not in DROPPED:
                found.append((name, value if look and look.fullmatch(value) else PLACEHOLDER))
        return found

    def _value(self, value: Any, places: list[Place], words: Words) -> Any:
        if isinstance(value, dict):
            return self._object(value, places, words)
        if isinstance(value, list):
            return [self._value(each, self._description.items(places), words) for each in value]
        flat = self._description.flat(places)
        if value is None or self._stays(value, places, flat, words):
            return value
        if isinstance(value, bool):
            return False
        if isinstance(value, str):
            return self._text(value, flat)
        return self._number(value, flat)

    def _object(self, value: Mapping[str, Any], places: list[Place], words: Words) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for number, (key, child) in enumerate(value.items()):
            below = self._description.child(places, key)
            name = key if below or FIELD.fullmatch(key) else f"{PLACEHOLDER}{number}"
            found[name] = self._value(child, below, words)
        return found

    def _stays(self, value: Any, places: list[Place], flat: list[Place], words: Words) -> bool:
        if isinstance(value, str):
            if value == "" or value in self._ours or words.shown(value, flat) == value:
                return True
            dates = any(each.schema.get("format") == "date-time" for each in flat)
            if dates and DATE_TIME.fullmatch(value):
                return True
        looks = [KEPT.get(each.pointer.removeprefix(SCHEMAS)) for each in places]
        return not isinstance(value, bool) and any(look and look.fullmatch(str(value)) for look in looks)

    def _text(self, value: str, flat: list[Place]) -> str:
        mark = hmac.new(self._key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:8]
        plain = f"{PLACEHOLDER}-{mark}"
        fitting = [each.schema for each in flat if fits(each.schema, value)]
        if not fitting:
            return plain
        candidates = [plain, *(text.format(mark) for text in BY_FORMAT.values()), _masked(value)]
        by_format = [
            BY_FORMAT[each["format"]].format(mark) for each in fitting if each.get("format") in BY_FORMAT
        ]
        return next((c for c in [*by_format, *candidates] if any(fits(s, c) for s in fitting)), plain)

    @staticmethod
    def _number(value: float, flat: list[Place]) -> float:
        fitting = [each.schema for each in flat if fits(each.schema, value)]
        zero = 0 if isinstance(value, int) else (0.0 if kind(value) == "integer" else 0.5)
        bound = fitting[0].get("minimum", zero) if fitting else zero
        return zero if not fitting or fits(fitting[0], zero) else type(value)(bound)


def _masked(value: str) -> str:
    # The last resort, for a text that must match a pattern: its letters and digits are gone, its form is not.
    return re.sub("[A-Z]", "X", re.sub("[a-z]", "x", re.sub("[0-9]", "0", value)))
