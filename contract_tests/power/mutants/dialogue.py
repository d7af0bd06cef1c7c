"""What the mock is asked, always the same, to see whether a change of its source changes an answer.

It is no part of the contract run, and knows nothing of it: whatever can be said of a parameter, with each of the
others as it should be; and a life of every order. All in process and on a clock that stands still until it is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from webflow_orders_mock import MockWebflow, Request

from ..shop import OTHER_ORDER, READER, THROTTLED, Shop

NOW = 1_764_000_000.0
WRITER = "writer-token"
SITE = Shop.site_id
SITES = (Shop.site_id_without_shop, Shop.site_id_of_another, SITE.upper(), "f" * 24, SITE[1:], "x")
STRANGE_ORDERS = (
    OTHER_ORDER,
    "DFA-3F1",
    "dfa-3f",
    "zzz-000",
    "a" * 64,
    "a" * 65,
    "a%20b",
    "%2e%2e",
    "dfa_3f1",
    "é",
    "%ff",
)
TOKENS = (
    "", "Bearer", "Bearer ", f"Bearer  {Shop.token} ", f"bearer {Shop.token}", f"Basic {Shop.token}", Shop.token,
    f"Bearer {Shop.token[:-1]}", f"Bearer {Shop.token}x", f"Bearer {Shop.token.upper()}",
    f"Bearer {READER}", f"Bearer {WRITER}", f"Bearer {Shop.token_of_another}",
)  # fmt: skip
_NUMBERS = (
    "0",
    "1",
    "2",
    "26",
    "27",
    "28",
    "99",
    "100",
    "101",
    "-1",
    "",
    "x",
    "1.0",
    "+1",
    "01",
    "9" * 16,
    "9" * 21,
)
_WORDS = (
    "pending",
    "unfulfilled",
    "fulfilled",
    "disputed",
    "dispute-lost",
    "refunded",
    "Refunded",
    "",
    "sold",
)
QUERIES = (
    *(f"limit={each}" for each in _NUMBERS), *(f"offset={each}" for each in _NUMBERS),
    *(f"status={each}" for each in _WORDS), "offset=9007199254740991", "offset=9007199254740992",
    *(f"status={status}&limit=2&offset={offset}" for status in _WORDS[:6] for offset in (0, 1, 2, 3)),
    *(f"limit=7&offset={offset}" for offset in range(0, 35, 7)),
    "limit=1&limit=2", "status=pending&status=pending", "limit=0&offset=-1&status=sold", "unknown=1", "limit=%31",
    "=", "status=%ff",
)  # fmt: skip
NOTES = ("comment", "shippingProvider", "shippingTracking", "shippingTrackingURL")
VALUES: tuple[Any, ...] = ("", "a note", "é 😀 \u0000", " a ", "x" * 5000, None, 1, True, [], {}, ["a"])
BODIES = (
    b"", b"{}", b"[]", b"null", b'"a"', b"{", b"{}}", b"\xff", b'{"comment": "\xff"}', b'{"comment": NaN}',
    b'{"comment": "a", "comment": "b"}', b'{"fields": {"comment": "a"}}', b'{"fields": "a"}', b'{"unknown": 1}',
    b'{"shipping_provider": "a"}',
    b'{"sendOrderFulfilledEmail": true}', b'{"sendOrderFulfilledEmail": "yes"}', b'{"sendOrderFulfilledEmail": null}',
    *(f'{{"reason": {each}}}'.encode() for each in ('"duplicate"', '"fraudulent"', '"requested"', '"other"', "null")),
    b'{"comment": "' + b"a" * (1024 * 1024 - 14) + b'"}', b'{"comment": "' + b"a" * (1024 * 1024 - 15) + b'"}',
)  # fmt: skip
TYPES = ("", "text/plain", "application/json; charset=utf-8", "APPLICATION/JSON", "application/jsonx")
VERSIONS = ("1.0.0", "1", "1.5", "2.0.0", "", "1.", "x", "01")
WRITES = ("fulfill", "unfulfill", "refund")
# In a path it stands for the webhook that was made last.
MADE = ":made"
HOOK = {"triggerType": "ecomm_new_order", "url": "https://nobody.invalid/hook"}
HOOKS: tuple[Any, ...] = (
    *({**HOOK, name: value} for name in HOOK for value in (*VALUES, "ecomm_order_changed", "user_account_added")),
    *({name: value} for name, value in HOOK.items()), {**HOOK, "unknown": 1}, {}, [], None,
)  # fmt: skip
JSON = "application/json"
WORDED = ("message", "msg", "err", "problems", "secretKey")
Step = tuple[str, str, str, dict[str, str], bytes]


def steps(orders: list[str]) -> Iterator[Step | float]:
    """Method, path, query, headers, body; or so many seconds that pass. Between two lives the mock is reset: -1."""
    for token in TOKENS:
        yield from _everything(SITE, orders[0], {"authorization": token})
        yield -1.0
    for site in SITES:
        yield from _everything(site, orders[0], _who())
    yield -1.0
    for order in STRANGE_ORDERS:
        yield from _everything(SITE, order, _who())
    for query in QUERIES:
        for version in ("/v2", ""):
            yield "GET", f"{version}/sites/{SITE}/orders", query, _who(), b""
    for version in VERSIONS:
        for path in ("/sites/{}/orders", "/sites/{}/order/dfa-3f1", "/v2/sites/{}/orders"):
            yield "GET", path.format(SITE), "limit=1", _who() | {"accept-version": version}, b""
    for path in (
        "/",
        "/v2",
        f"/v2/sites/{SITE}",
        f"/v2/sites/{SITE}/orders/",
        f"/sites/{SITE}/orders/dfa-3f1",
        "//",
    ):
        yield "GET", path, "", _who(), b""
    for method in ("GET", "PUT", "DELETE", "POST", "PATCH", "HEAD", "OPTIONS"):
        for tail in ("orders", "orders/dfa-3f1", "orders/dfa-3f1/fulfill"):
            yield method, f"/v2/sites/{SITE}/{tail}", "", _who(), b""
    yield -1.0
    yield from _bodies(orders)
    for order in orders:
        yield from _life(order)
        yield -1.0
    for _ in range(62):
        yield "GET", f"/v2/sites/{SITE}/orders/dfa-3f1", "", _who(THROTTLED), b""
    for seconds in (30.0, 29.0, 0.5, 0.5, 60.0, 61.0):
        yield seconds
        for version in ("/v2", ""):
            yield "GET", f"{version}/sites/{SITE}/orders", "limit=1", _who(THROTTLED), b""
    yield -1.0
    yield from _webhooks()


def _who(token: str = Shop.token) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _everything(site: str, order: str, headers: dict[str, str]) -> Iterator[Step]:
    """Each operation once."""
    path = f"/v2/sites/{site}/orders"
    yield "GET", path, "limit=2", headers, b""
    yield "PATCH", f"{path}/{order}", "", headers | {"content-type": JSON}, b'{"comment": "a"}'
    for action in WRITES:
        yield "POST", f"{path}/{order}/{action}", "", headers, b""
    yield "GET", f"{path}/{order}", "", headers, b""
    yield "GET", f"/sites/{site}/orders", "limit=2", headers, b""
    yield "GET", f"/sites/{site}/order/{order}", "", headers, b""


def _bodies(orders: list[str]) -> Iterator[Step | float]:
    path = f"/v2/sites/{SITE}/orders"
    sent = [(body, JSON) for body in BODIES] + [(b'{"comment": "b"}', kind) for kind in TYPES]
    sent += [(json.dumps({name: value}).encode(), JSON) for name in NOTES for value in VALUES]
    sent += [(json.dumps({name: name for name in NOTES}).encode(), JSON)]
    for body, kind in sent:
        headers = _who() | ({"content-type": kind} if kind else {})
        yield "PATCH", f"{path}/{orders[0]}", "", headers, body
        yield "GET", f"{path}/{orders[0]}", "", _who(), b""
    for body, kind in sent[:30]:
        for action in WRITES:
            yield "POST", f"{path}/{orders[0]}/{action}", "", _who() | {"content-type": kind}, body
        yield "GET", f"/sites/{SITE}/order/{orders[0]}", "", _who(), b""
        yield -1.0


def _life(order: str) -> Iterator[Step | float]:
    """Every order of two actions, with all that can be read of it after each."""
    path = f"/v2/sites/{SITE}/orders/{order}"
    for first in WRITES:
        for second in WRITES:
            for action in (first, second):
                yield 61.5
                yield "POST", f"{path}/{action}", "", _who(), b""
                yield "GET", path, "", _who(), b""
                yield "GET", f"/sites/{SITE}/order/{order}", "", _who(), b""
            yield "PATCH", path, "", _who() | {"content-type": JSON}, b'{"shippingTracking": "t"}'
            yield "GET", f"/v2/sites/{SITE}/orders", "", _who(), b""
            yield -1.0


def _webhooks() -> Iterator[Step | float]:
    """Who may see, make and remove which; what makes one; and as many as a site may have."""
    path, good = f"/v2/sites/{SITE}/webhooks", json.dumps(HOOK).encode()
    for headers in (_who(), {}, *map(_who, (READER, WRITER, Shop.token_of_another))):
        yield "POST", path, "", _who() | {"content-type": JSON}, good
        for method in ("GET", "DELETE", "PUT"):
            for webhook in (MADE, "0" * 24, "x", "F" * 24):
                yield method, f"/v2/webhooks/{webhook}", "", headers, b""
        for site in (SITE, *SITES):
            for method in ("GET", "POST", "DELETE"):
                yield method, f"/v2/sites/{site}/webhooks", "", headers | {"content-type": JSON}, good
    yield -1.0
    bodies = [(json.dumps(each).encode(), JSON) for each in HOOKS]
    for body, kind in (*bodies, *((each, JSON) for each in BODIES[:9]), *((good, each) for each in TYPES)):
        yield "POST", path, "", _who() | {"content-type": kind}, body
    for _ in range(75):
        yield "POST", path, "", _who() | {"content-type": JSON}, good
    yield "GET", path, "", _who(), b""


def replay() -> list[str]:
    """Every request with its answer, as far as a contract fixes that: not the wording of a message."""
    now = NOW
    mock = Shop(clock=lambda: now)
    mock.add_token(WRITER, scopes=["ecommerce:write"], hidden=[mock.site_id_of_another])
    orders = list(mock.store.sites[SITE].orders)
    heard, made = [], "0" * 24
    for step in steps(orders):
        if isinstance(step, float):
            mock.reset() if step < 0 else mock.forward(step)
            continue
        method, path, *rest = step
        request = Request(method, path.replace(MADE, made), *rest)
        head, body = _answer(mock, request)
        made = body["id"] if isinstance(body, dict) and "secretKey" in body else made
        asked = f"{request.method} {request.path}?{request.query} {request.body[:60]!r}"
        heard.append(f"{asked}: {head} {json.dumps(_fixed(body))}")
    return heard


def _answer(mock: MockWebflow, request: Request) -> tuple[str, Any]:
    try:
        answer = mock.handle(request)
    except Exception as error:  # Over a socket it is a 500.
        return f"500 {type(error).__name__}", None
    try:
        body = json.loads(answer.body)
    except ValueError:
        body = answer.body.hex()
    return f"{answer.status} {sorted(answer.headers.items())}", body


def _fixed(body: Any) -> Any:
    """What is the same in every run: no secret, and of the wording of a message only that there is one."""
    if isinstance(body, list):
        return [_fixed(each) for each in body]
    if not isinstance(body, dict) or "orders" in body or "orderId" in body:
        return body
    return {name: bool(value) if name in WORDED else _fixed(value) for name, value in body.items()}
