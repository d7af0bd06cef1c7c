"""What is taken that should be refused. Each puts something right before the healthy mock sees it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote, urlencode

from ..api.validation import MAX_BODY
from ..messages import Request, Response
from ..orders.lifecycle import REASONS, STATUSES
from .tools import ALL, LISTS, V1, V2, WRITES, Context, Json, Mutation, Row, answering, asking, sending

INTEGER = re.compile(r"-?[0-9]+")


def _values(mend: Callable[[str], str | None], *names: str) -> Mutation:
    """Change the values of a list's parameters of these names; to None is to leave the parameter out."""

    def change(context: Context) -> Json:
        before = dict(parse_qsl(context.request.query, keep_blank_values=True))
        query = {name: mend(value) if name in names else value for name, value in before.items()}
        # The last of several values wins in a dict; a query that needs no mending is left as it is.
        kept = {name: value for name, value in query.items() if value is not None}
        return {"query": urlencode(kept)} if kept != before else {}

    return asking(change, *LISTS)


def _number(name: str, mend: Callable[[int], int]) -> Mutation:
    return _values(lambda text: str(mend(int(text))) if INTEGER.fullmatch(text) else text, name)


def _last_of_two(context: Context) -> Json:
    query = parse_qsl(context.request.query, keep_blank_values=True)
    return {"query": urlencode(dict(query))} if len(dict(query)) < len(query) else {}


def _path(mend: Callable[[str], str], *operations: str) -> Mutation:
    return asking(lambda context: {"path": mend(context.request.path)}, *(operations or V2))


def _reasons(sent: Json) -> Json:
    strange = isinstance(sent.get("reason"), str) and sent["reason"] not in REASONS
    return {} if strange else sent


def _kind(body: bytes) -> type | None:
    """None of what is no JSON."""
    try:
        return type(json.loads(body))
    except ValueError:
        return None


def _emptied(when: Callable[[Request], bool], *operations: str) -> Mutation:
    """A body is taken for {}."""
    return asking(lambda context: {"body": b"{}"} if when(context.request) else {}, *operations)


def _as_json(context: Context, **changes: Json) -> Json:
    return {**changes, "headers": {**context.request.headers, "content-type": "application/json"}}


def _no_body(context: Context) -> Json:
    return {} if context.request.body else _as_json(context, body=b"{}")


def _any_version(context: Context) -> Json:
    headers = context.request.headers.items()
    return {"headers": {name: value for name, value in headers if name != "accept-version"}}


def _empty_page(context: Context, answer: Response) -> Response:
    page = {"orders": [], "pagination": {"limit": 100, "offset": 0, "total": 0}}
    refused = unquote(json.loads(answer.body)["details"][0]["field"]) == "site_id"
    return dataclasses.replace(answer, status=200, body=json.dumps(page).encode()) if refused else answer


# fmt: off
TABLE: tuple[Row, ...] = (
    ("site-id-in-capitals", "model", "The site is found by its id in capitals, which the pattern forbids.",
     _path(lambda path: re.sub("/sites/[0-9A-Fa-f]{24}", lambda found: found[0].lower(), path))),
    ("id-with-spaces", "model", "Spaces and line feeds at the end of an id are overlooked.",
     _path(lambda path: re.sub("(?:%20|%0A)+(/|$)", r"\1", path))),
    ("slash-at-the-end", "model", "A path that ends with a slash is taken for the one without.",
     _path(lambda path: path.rstrip("/"), *ALL, "")),
    ("any-site-id", "schemathesis", "A site id that breaks the pattern is answered with an empty page.",
     answering(_empty_page, "list-orders", status=400)),
    ("unknown-status-is-ignored", "schemathesis", "A status that nobody knows filters nothing.",
     _values(lambda status: status if status in STATUSES else None, "status")),
    ("status-in-capitals", "model", "The status is compared without regard to capitals.",
     _values(str.lower, "status")),
    ("limit-0", "schemathesis", "A limit of 0 is taken for 1.", _number("limit", lambda n: n or 1)),
    ("limit-101", "schemathesis", "A limit of more than 100 is taken for 100.",
     _number("limit", lambda n: min(n, 100))),
    ("limit-below-0", "model", "A limit of -1 is taken for the default.",
     _number("limit", lambda n: 100 if n < 0 else n)),
    ("offset-below-0", "schemathesis", "An offset below 0 is taken for 0.",
     _number("offset", lambda n: max(n, 0))),
    ("offset-overflows", "schemathesis", "An offset of more than 31 bits begins again from 0.",
     _number("offset", lambda n: n % 2**31)),
    ("numbers-of-text", "schemathesis", "A limit that is no number is taken for the default.",
     _values(lambda text: text if INTEGER.fullmatch(text) else None, "limit", "offset")),
    ("limit-with-decimals", "model", "A limit of 2.5 is taken for 2.",
     _values(lambda text: text.split(".")[0] if re.fullmatch(r"[0-9]+\.[0-9]+", text) else text, "limit")),
    ("last-of-two", "model", "Of a parameter that is given twice the last counts.", asking(_last_of_two, *LISTS)),
    ("body-is-any-json", "schemathesis", "A body that is no object is taken for {}.",
     _emptied(lambda request: _kind(request.body) not in (dict, None), *WRITES)),
    ("body-is-missing", "schemathesis", "An update without a body changes nothing, with 200.",
     asking(_no_body, "update-order")),
    ("numbers-for-text", "schemathesis", "A comment may be a number.", sending(
         lambda sent: {k: str(v) if isinstance(v, int | float) else v for k, v in sent.items()}, "update-order")),
    ("anything-for-a-flag", "schemathesis", "`sendOrderFulfilledEmail` may be anything.", sending(
         lambda sent: {k: bool(v) if k == "sendOrderFulfilledEmail" else v for k, v in sent.items()},
         "fulfill-order")),
    ("unknown-reason", "schemathesis", "A refund is made for any reason.", sending(_reasons, "refund-order")),
    ("broken-json", "model", "A body that is no JSON is taken for {}.",
     _emptied(lambda request: bool(request.body) and _kind(request.body) is None, *WRITES)),
    ("any-content-type", "model", "A body is read as JSON, whatever it says to be.", asking(_as_json, *WRITES)),
    ("oversized-body", "model", "A body of more than a megabyte is taken for {}.",
     _emptied(lambda request: len(request.body) > MAX_BODY, *ALL, "")),
    ("any-version", "model", "v1 serves any Accept-Version.", asking(_any_version, *V1)),
)
