"""What the mock is asked over HTTP under `/_mock`, a path of its own: no token, no rate limit, no ledger.

    GET  /_mock                                   dialect, plan, time, defect, faults; sites with so many orders
    GET  /_mock/choices                           statuses, operations, actions, defects, faults of deliveries
    POST /_mock/reset                             back to the seed
    GET  /_mock/ledger?since=<seq>                every API request, or those after one
    GET  /_mock/sites/<site>/orders               all orders of a site, as they are stored
    POST /_mock/sites/<site>/orders               seed: an order, or an array of orders
    PUT  /_mock/sites/<site>/orders/<order>       put one order
    POST /_mock/faults                            {"kind": "outage", "times": 2, "operation": "get-order"}
    DELETE /_mock/faults                          none are queued any more
    POST /_mock/defect                            {"defect": "refund-twice"}: get that wrong from now on; or null
    POST /_mock/tokens                            {"token": "reader", "scopes": ["ecommerce:read"]}
    POST /_mock/clock                             {"forward": 61}: so many seconds pass at once
    POST /_mock/sites/<site>/placed               an order that a customer places, with its webhook; {} makes one up
    POST /_mock/sites/<site>/orders/<order>       {"action": "dispute"}: something happens to it, with its webhook
    GET  /_mock/webhooks                          every webhook, without its secret
    POST /_mock/webhooks/faults                   {"kind": "late", "seconds": 90}: for the next deliveries
    GET  /_mock/deliveries?since=<number>         every delivery with its attempts, or those after one
    POST /_mock/deliveries/<number>/replay        {} anew, {"attempt": 1} the same bytes

Bodies are `application/json`. Errors are `{"error": "..."}`. What came over a socket must name this machine in Host,
and in Origin if it has one: a web page that somebody reads on this machine is not to control the account.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote

from . import spec
from .account import Account
from .api.errors import Refusal
from .api.validation import parse_json, parse_object
from .living import LivingShop
from .messages import Request, Response
from .orders import elsewhere, lifecycle
from .orders.ledger import timestamp
from .orders.lifecycle import IllegalTransition
from .webhooks.faults import KINDS as DELIVERY_FAULTS

PREFIX = "/_mock"
MOST_LISTED, MOST_SEEDED = 10_000, 10_000
FAULTS = ("rate_limit", "outage", "malformed", "latency")
_HERE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
Words = tuple[str, ...]
Answered = TypeVar("Answered")
Action = Callable[[Account, Request, Words], Any]


def owns(path: str) -> bool:
    return path.startswith(PREFIX) and (len(path) == len(PREFIX) or path[len(PREFIX)] == "/")


def refused(request: Request) -> Response | None:
    """403 for a page of another site, be it by a name that was pointed at this machine (Host) or not (Origin)."""
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    if not _HERE.fullmatch(host):
        return _json(403, {"error": f"{PREFIX} answers to the hosts 127.0.0.1, localhost and [::1] only"})
    scheme, _, site = (origin or "").partition("://")
    if origin is not None and not (scheme in ("http", "https") and _HERE.fullmatch(site)):
        return _json(403, {"error": f"{PREFIX} is not for web pages of another origin"})
    return None


def answer(account: Account, request: Request) -> Response:
    words = tuple(unquote(word) for word in request.path.strip("/").split("/")[1:])
    methods = next((found for shape, found in _PATHS.items() if _fits(shape, words)), None)
    if methods is None:
        return _json(404, {"error": f"{PREFIX} has no such path"})
    if request.method not in methods:
        return _json(405, {"error": "method not allowed"}, {"Allow": ", ".join(sorted(methods))})
    try:
        return _json(200, methods[request.method](account, request, words))
    except Refusal as refusal:
        return _json(400, {"error": "; ".join(f"{field} {what}" for field, what in refusal.details)})
    except (TypeError, ValueError) as error:
        return _json(400, {"error": str(error)})


def _fits(shape: Words, words: Words) -> bool:
    return len(shape) == len(words) and all(s in ("*", w) for s, w in zip(shape, words, strict=True))


def _json(status: int, body: object, headers: dict[str, str] | None = None) -> Response:
    sent = json.dumps(body, ensure_ascii=False).encode()
    return Response(status, {"Content-Type": "application/json", **(headers or {})}, sent)


def _state(account: Account, request: Request, words: Words) -> object:
    sites = [
        {"siteId": site.site_id, "shop": site.shop, "orders": len(site.orders)}
        for site in list(account.store.sites.values())
    ]
    return {
        "dialect": account.dialect,
        "plan": account.plan,
        "requests": account.ledger.last_seq,
        "time": timestamp(account.now()),
        "defect": account.defect,
        "faults": len(account.faults),
        "sites": sites,
    }


def _reset(account: Account, request: Request, words: Words) -> object:
    account.reset()
    return _state(account, request, words)


def _choices(account: Account, request: Request, words: Words) -> object:
    from .defects import DEFECTS

    return {
        "statuses": lifecycle.STATUSES,
        "operations": list(spec.operations()),
        "actions": {action: elsewhere.allowed(action) for action in elsewhere.ACTIONS if action != "update"},
        "defects": {defect.name: defect.sentence for defect in DEFECTS.values()},
        "deliveryFaults": DELIVERY_FAULTS,
    }


def _defect(account: Account, request: Request, words: Words) -> object:
    from .defects import DEFECTS

    wanted = parse_object(request)
    name = wanted.get("defect", "")
    if set(wanted) != {"defect"} or not (name is None or (isinstance(name, str) and name in DEFECTS)):
        raise ValueError("defect must be null, or a name that GET /_mock/choices lists")
    if name is not None and account.synthetic:
        raise ValueError("synthetic orders do not go with a defect")
    account.defect = name
    return {"defect": name}


def _calm(account: Account, request: Request, words: Words) -> object:
    account.faults.clear()
    return {"queued": 0}


def _ledger(account: Account, request: Request, words: Words) -> object:
    return {"ledger": [entry.as_json() for entry in account.ledger.since(_since(request))]}


def _since(request: Request) -> int:
    return _number("since", parse_qs(request.query).get("since", ["0"])[-1])


def _number(name: str, sent: str) -> int:
    if not (sent.isascii() and sent.isdecimal() and len(sent) < 19):
        raise ValueError(f"{name} must be the number of an entry")
    return int(sent)


def _orders(account: Account, request: Request, words: Words) -> object:
    site = account.store.sites.get(words[1])
    if site is None:
        raise ValueError(f"there is no site {words[1]!r:.50}")
    if len(site.orders) > MOST_LISTED:
        raise ValueError(f"there are {len(site.orders)} orders: list them by the API")
    return {"orders": [each.order for each in list(site.orders.values())]}


def _seed(account: Account, request: Request, words: Words) -> object:
    sent = parse_json(request)
    orders = sent if isinstance(sent, list) else [sent]
    if not all(isinstance(order, dict) for order in orders):
        raise ValueError("the body must be an order, or an array of orders")
    if len(orders) > MOST_SEEDED:
        raise ValueError(f"{len(orders)} orders are too many at once: {MOST_SEEDED} at the most")
    account.seed(words[1], *orders)
    return {"seeded": len(orders)}


def _put(account: Account, request: Request, words: Words) -> object:
    account.seed(words[1], {**parse_object(request), "orderId": words[3]})
    return {"seeded": 1}


def _fault(account: Account, request: Request, words: Words) -> object:
    wanted = parse_object(request)
    kind = wanted.pop("kind", None)
    if kind not in FAULTS:
        raise ValueError(f"kind must be one of {', '.join(FAULTS)}")
    _call(getattr(account.faults, kind), wanted)
    return {"queued": len(account.faults)}


def _token(account: Account, request: Request, words: Words) -> object:
    _call(account.add_token, parse_object(request))
    return {"tokens": 1}


def _clock(account: Account, request: Request, words: Words) -> object:
    wanted = parse_object(request)
    if set(wanted) != {"forward"}:
        raise ValueError("forward is what must be sent, and nothing else: a number of seconds")
    account.forward(wanted["forward"])
    return {"time": timestamp(account.now())}


def _place(account: Account, request: Request, words: Words) -> object:
    order = parse_object(request)
    if not order:
        return {"placed": 1, "orderId": LivingShop(account, seed=None).place(words[1])}
    account.place(order, site_id=words[1])
    return {"placed": 1, "orderId": order["orderId"]}


def _act(account: Account, request: Request, words: Words) -> object:
    wanted = parse_object(request)
    try:
        _call(account.act, {**wanted, "order_id": words[3], "site_id": words[1]})
    except IllegalTransition as error:
        raise ValueError(str(error)) from None
    return {"status": account.store.sites[words[1]].orders[words[3]].order["status"]}


def _webhooks(account: Account, request: Request, words: Words) -> object:
    return {"webhooks": [webhook.as_json() for webhook in account.webhooks]}


def _delivery_fault(account: Account, request: Request, words: Words) -> object:
    _call(account.webhooks.fault, parse_object(request))
    return {"queued": len(account.webhooks.faults)}


def _deliveries(account: Account, request: Request, words: Words) -> object:
    return {"deliveries": [each.as_json() for each in account.deliveries.since(_since(request))]}


def _replay(account: Account, request: Request, words: Words) -> object:
    number = _number("what is replayed", words[1])
    return _call(account.webhooks.replay, {**parse_object(request), "number": number}).as_json()


def _call(method: Callable[..., Answered], wanted: dict[str, Any]) -> Answered:
    """What it does not take and what it lacks is named by its signature."""
    inspect.signature(method).bind(**wanted)
    return method(**wanted)


_PATHS: dict[Words, dict[str, Action]] = {
    (): {"GET": _state},
    ("reset",): {"POST": _reset},
    ("choices",): {"GET": _choices},
    ("defect",): {"POST": _defect},
    ("ledger",): {"GET": _ledger},
    ("faults",): {"POST": _fault, "DELETE": _calm},
    ("tokens",): {"POST": _token},
    ("clock",): {"POST": _clock},
    ("sites", "*", "orders"): {"GET": _orders, "POST": _seed},
    ("sites", "*", "orders", "*"): {"PUT": _put, "POST": _act},
    ("sites", "*", "placed"): {"POST": _place},
    ("webhooks",): {"GET": _webhooks},
    ("webhooks", "faults"): {"POST": _delivery_fault},
    ("deliveries",): {"GET": _deliveries},
    ("deliveries", "*", "replay"): {"POST": _replay},
}
