"""What is posted to a receiver, and what it must do with it: what the description allows, and what it does not."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ..description import Description, Place
from ..settings import UsageError

TIMESTAMP, SIGNATURE = "x-webflow-timestamp", "x-webflow-signature"
NEW, CHANGED, OTHER = "ecomm_new_order", "ecomm_order_changed", "ecomm_inventory_changed"
MIB = 2**20

ACCEPTS, VERIFIES, HEEDS_TIME, SURVIVES, ONCE, APPLIES = (
    "receiver_accepts_deliveries", "receiver_verifies_signatures", "receiver_heeds_timestamps", "receiver_survives",
    "receiver_takes_repeats_once", "receiver_applies_what_it_accepts",
)  # fmt: skip

Wanted = Literal["200", "4xx", "200 or 4xx", "no 5xx"]
# A body that drips comes in pieces, with pauses; one that is cut ends before its Content-Length, for good.
Sending = Literal["whole", "dripping", "cut"]
# Of a body, a moment in milliseconds and a secret.
Signing = Callable[[bytes, str, str], Sequence[tuple[str, bytes]]]


def signature(body: bytes, timestamp: str, secret: str) -> str:
    """HMAC-SHA256, in lower-case hexadecimal, of the timestamp, a colon and the raw body."""
    return hmac.digest(secret.encode(), timestamp.encode() + b":" + body, "sha256").hex()


def rightly(body: bytes, moment: str, secret: str) -> list[tuple[str, bytes]]:
    return [(TIMESTAMP, moment.encode()), (SIGNATURE, signature(body, moment, secret).encode())]


def not_at_all(body: bytes, moment: str, secret: str) -> list[tuple[str, bytes]]:
    return []


@dataclass(frozen=True, kw_only=True)
class Case:
    """One request, and what must come of it. `age`: how many seconds ago it is signed.

    `applied`: how often comments of orders must have been applied by then, where that can be seen.
    """

    check: str
    what: str
    body: bytes
    wanted: Wanted = "200"
    signing: Signing = rightly
    age: float = 0.0
    method: str = "POST"
    media: str = "application/json"
    sending: Sending = "whole"
    applied: Mapping[str, int] = field(default_factory=dict)

    def headers(self, secret: str, now: float) -> list[tuple[str, bytes]]:
        moment = str(int((now - self.age) * 1000))
        return [("content-type", self.media.encode()), *self.signing(self.body, moment, secret)]


class Orders:
    """Orders that no receiver has heard of: their ids are drawn anew for each run."""

    def __init__(self, description: Description) -> None:
        self._examples = {trigger: _example(description, trigger) for trigger in (NEW, CHANGED)}
        self._run = secrets.token_hex(3)
        self._count = 0

    def next(self, trigger: str = CHANGED, **changes: Any) -> dict[str, Any]:
        """The example of the description under an id and with a comment of its own."""
        self._count += 1
        order_id = f"{self._run[:3]}-{self._run[3:]}-{self._count:03x}"
        return {
            **self._examples[trigger],
            "orderId": order_id,
            "comment": f"contract run {order_id}",
            **changes,
        }


def _example(description: Description, trigger: str) -> dict[str, Any]:
    """Raises UsageError if there is none."""
    try:
        place = description.at(f"/webhooks/{trigger}/post/requestBody/content/application~1json")
        name, example = next(iter(place.schema["examples"].items()))
        example = description.resolved(Place(f"{place.pointer}/examples/{name}", example)).schema
        return dict(example["value"]["payload"])
    except (LookupError, StopIteration, TypeError, ValueError):
        raise UsageError(f"The description has no example of {trigger} to post to a receiver.") from None


def envelope(order: object, trigger: str = CHANGED) -> bytes:
    return json.dumps({"triggerType": trigger, "payload": order}, separators=(",", ":")).encode()


def battery(description: Description) -> Iterator[Case]:
    """All of it, in the order in which it is posted."""
    orders = Orders(description)
    for part in (_allowed, _again, _forged, _out_of_time, _no_events):
        yield from part(orders)


def _fine(what: str, order: dict[str, Any], trigger: str = CHANGED, **more: Any) -> Case:
    given = {"check": ACCEPTS, "body": envelope(order, trigger), "applied": {order["comment"]: 1}}
    return Case(what=what, **given | more)


def _allowed(orders: Orders) -> Iterator[Case]:
    yield _fine("an order was placed", orders.next(NEW), NEW)
    yield _fine("an order was changed", orders.next())
    order = orders.next()
    least = {name: order[name] for name in ("orderId", "status", "comment")}
    yield _fine("an order has what is required, and a comment", least)
    yield _fine("an order has fields that nobody has heard of", orders.next(loyalty={"é": [1, None, 1e2]}))
    nulls = ("fulfilledOn", "shippingProvider", "shippingTracking", "shippingTrackingURL")
    yield _fine("what does not apply is null", {**orders.next(), **dict.fromkeys(nulls)})
    order = orders.next(orderComment="Größe 38 – 大丈夫 🚚\u2028")
    raw = json.dumps({"triggerType": CHANGED, "payload": order}, ensure_ascii=False).encode()
    yield _fine("the texts are not in ASCII", order, body=raw)
    order = orders.next(loyalty=1)
    odd = envelope(order).replace(b'"loyalty":1', b'"loyalty" : 1.0e0 ,\n "u": "\\u00e9\\/"') + b"\n"
    yield _fine("the JSON is spelled as no library would, and signed as it is", order, body=odd)
    order = orders.next()
    lines = [{**order["purchasedItems"][0], "count": number + 1} for number in range(200)]
    yield _fine("the order is large", {**order, "purchasedItems": lines})
    yield _fine(
        "the type of the body has a parameter", orders.next(), media="application/json; charset=utf-8"
    )
    yield _fine(
        "the headers are in capitals", orders.next(),
        signing=lambda *given: [(name.title(), value) for name, value in rightly(*given)],
    )  # fmt: skip
    yield _fine("it was under way for four minutes", orders.next(), age=240)
    yield _fine("its body drips", orders.next(), sending="dripping")
    yield _fine("it is of another trigger", orders.next(), OTHER, applied={})


def _again(orders: Orders) -> Iterator[Case]:
    for trigger, what in ((NEW, "placed"), (CHANGED, "changed")):
        # The headers of the first, which are made when it is sent, for its repeat byte for byte.
        kept: list[list[tuple[str, bytes]]] = []

        def same(body: bytes, moment: str, secret: str, kept: Any = kept) -> list[tuple[str, bytes]]:
            kept.append(rightly(body, moment, secret))
            return kept[0]  # type: ignore[no-any-return]

        first = _fine(f"an order was {what}", orders.next(trigger), trigger, age=20, signing=same)
        yield first
        yield replace(first, check=ONCE, what=f"that an order was {what} comes again, byte for byte")
        yield replace(
            first,
            check=ONCE,
            what=f"that an order was {what} comes again, signed anew",
            age=5,
            signing=rightly,
        )
    before, after = orders.next(), {}
    after = {**before, "comment": before["comment"].replace("run", "run, later,")}
    yield _fine("of two changes of an order the second comes first", after, age=10)
    yield _fine(
        "a change comes after one that was signed later", before, check=ONCE, age=60,
        applied={after["comment"]: 1, before["comment"]: 0},
    )  # fmt: skip


def _forged(orders: Orders) -> Iterator[Case]:
    def forged(what: str, signing: Signing = not_at_all, **more: Any) -> Case:
        order = orders.next()
        given = {"body": envelope(order), "applied": {order["comment"]: 0}}
        return Case(check=VERIFIES, what=what, wanted="4xx", signing=signing, **given | more)

    yield forged("it is not signed")
    yield forged("it has no signature", lambda *given: rightly(*given)[:1])
    yield forged("it has no timestamp", lambda *given: rightly(*given)[1:])
    for what, made in {
        "it is signed with another secret": lambda body, moment, secret: signature(body, moment, secret + "x"),
        "it is signed with an empty secret": lambda body, moment, secret: signature(body, moment, ""),
        "the body alone is signed": lambda body, moment, secret: hmac.digest(secret.encode(), body, "sha256").hex(),
        "another body is signed": lambda body, moment, secret: signature(body + b" ", moment, secret),
        "another moment is signed": lambda body, moment, secret: signature(body, str(int(moment) - 1), secret),
        "the signature is zeros": lambda body, moment, secret: "0" * 64,
        "the signature is empty": lambda body, moment, secret: "",
        "the signature is the beginning of the right one": lambda *given: signature(*given)[:10],
    }.items():  # fmt: skip
        yield forged(what, _with(SIGNATURE, lambda *given, made=made: made(*given).encode()))
    for what, value in {
        "é in Latin-1": "é".encode("latin-1") * 64, "é in UTF-8": "é".encode() * 32, "\\xff": b"\xff" * 64,
    }.items():  # fmt: skip
        yield forged(f"the signature is {what}", _with(SIGNATURE, lambda *given, value=value: value))
    for what, value in {
        "no number": b"yesterday", "empty": b"", "not in ASCII": "１７".encode(), "nan": b"nan",
        "endless": b"9" * 400,
    }.items():  # fmt: skip
        yield forged(f"the timestamp is {what}", _with(TIMESTAMP, lambda *given, value=value: value))
    yield forged(
        "the body is cut, and the signature of the whole",
        lambda body, *given: rightly(body + b" and more", *given),
    )
    yield forged("the body is \\xff", body=b"\xff\xfe\xff", applied={})
    yield forged("there is no body", body=b"", applied={})
    yield forged("the body has eight megabytes", body=b" " * 8 * MIB, applied={})


def _with(name: str, value: Callable[..., bytes]) -> Signing:
    """Rightly signed, but for one header."""

    def signing(body: bytes, moment: str, secret: str) -> list[tuple[str, bytes]]:
        right = rightly(body, moment, secret)
        return [(key, value(body, moment, secret) if key == name else its) for key, its in right]

    return signing


def _out_of_time(orders: Orders) -> Iterator[Case]:
    for what, age in (
        ("it was signed six minutes ago", 360.0), ("it was signed yesterday", 86_400.0),
        ("it is signed ten minutes ahead", -600.0), ("it is signed ten years ahead", -3.2e8),
    ):  # fmt: skip
        order = orders.next()
        yield _fine(what, order, check=HEEDS_TIME, wanted="4xx", age=age, applied={order["comment"]: 0})
    order = orders.next()
    yield _fine(
        "it is signed in seconds, which are a moment of 1970", order, check=HEEDS_TIME, wanted="4xx",
        signing=lambda body, moment, secret: rightly(body, moment[:-3], secret), applied={order["comment"]: 0},
    )  # fmt: skip


def _no_events(orders: Orders) -> Iterator[Case]:
    """Signed, and yet no event: whether that is refused or ignored is the receiver's to say."""
    for what, body in {
        "is not JSON": b"order=1&status=2", "is \\xff": b"\xff\xfe\xff", "is empty": b"",
        "is cut": envelope(orders.next())[:-9], "is a list": b"[]", "is null": b"null", "is a number": b"7",
        "has no payload": b'{"triggerType":"ecomm_new_order"}', "has a list for an order": envelope([]),
        "has an order without an id": envelope({"status": "pending"}),
        "has a list for an id": envelope({"orderId": [], "status": "pending"}),
        "is nested deeper than any": b"[" * 100_000,
        "has half a surrogate": b'{"triggerType":"\\ud800","payload":{}}',
        "has NaN": b'{"triggerType":"ecomm_new_order","payload":{"orderId":NaN}}',
        "is an order without its envelope": json.dumps(orders.next()).encode(),
    }.items():  # fmt: skip
        yield Case(check=SURVIVES, what=f"the body {what}", body=body, wanted="200 or 4xx")
    order = orders.next()
    yield _fine(
        "the body ends half way, and the connection with it", order, check=SURVIVES, wanted="4xx", sending="cut",
        applied={order["comment"]: 0},
    )  # fmt: skip
    for method in ("GET", "HEAD"):
        yield Case(
            check=SURVIVES,
            what=f"it is a {method}",
            body=b"",
            wanted="no 5xx",
            signing=not_at_all,
            method=method,
        )
