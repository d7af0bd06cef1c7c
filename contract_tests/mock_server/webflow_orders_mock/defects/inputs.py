"""What is taken that should be refused. Each puts something right before the healthy mock sees it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote, urlencode

from ..api.validation import MAX_BODY
from ..messages import Request, Response
from ..orders.lifecycle import STATUSES
from .tools import ALL, LISTS, V1, V2, WRITES, Context, Json, Mutation, Row, answering, asking, with_body

Query = dict[str, str]


def _query(mend: Callable[[Query], None], *operations: str) -> Mutation:
    def change(context: Context) -> Json:
        before = dict(parse_qsl(context.request.query, keep_blank_values=True))
        query = dict(before)
        mend(query)
        # The last of several values wins in a dict; a query that needs no mending is left as it is.
        return {"query": urlencode(query)} if query != before else {}

    return asking(change, *(operations or LISTS))


def _number(name: str, mend: Callable[[int], int]) -> Callable[[Query], None]:
    def change(query: Query) -> None:
        if re.fullmatch(r"-?[0-9]+", query.get(name, ""), re.ASCII):
            query[name] = str(mend(int(query[name])))

    return change


def _no_status(query: Query) -> None:
    if query.get("status") not in STATUSES:
        query.pop("status", None)


def _any_capitals(query: Query) -> None:
    if "status" in query:
        query["status"] = query["status"].lower()


def _numbers_of_text(query: Query) -> None:
    for name in ("limit", "offset"):
        if name in query and not re.fullmatch(r"-?[0-9]+", query[name], re.ASCII):
            del query[name]


def _whole_of_decimal(query: Query) -> None:
    if re.fullmatch(r"[0-9]+\.[0-9]+", query.get("limit", "")):
        query["limit"] = query["limit"].split(".")[0]


def _last_of_two(context: Context) -> Json:
    query = parse_qsl(context.request.query, keep_blank_values=True)
    return {"query": urlencode(dict(query))} if len(dict(query)) < len(query) else {}


def _path(mend: Callable[[str], str], *operations: str) -> Mutation:
    return asking(lambda context: {"path": mend(context.request.path)}, *(operations or V2))


def _small(path: str) -> str:
    return re.sub("/sites/[0-9A-Fa-f]{24}", lambda found: found[0].lower(), path)


def _trimmed(path: str) -> str:
    return re.sub("(?:%20|%0A)+(/|$)", r"\1", path)


def _sent(request: Request) -> Json:
    try:
        return json.loads(request.body)
    except ValueError:
        return ...


def _body(mend: Callable[[Json], Json], *operations: str) -> Mutation:
    def change(context: Context) -> Json:
        sent = _sent(context.request)
        mended = sent if sent is ... else mend(sent)
        return {} if mended == sent else {"body": json.dumps(mended).encode()}

    return asking(change, *operations)


def _object(sent: Json) -> Json:
    return sent if isinstance(sent, dict) else {}


def _texts(sent: Json) -> Json:
    if not isinstance(sent, dict):
        return sent
    return {k: str(v) if isinstance(v, int | float) else v for k, v in sent.items()}


def _flags(sent: Json) -> Json:
    if not isinstance(sent, dict) or "sendOrderFulfilledEmail" not in sent:
        return sent
    return {**sent, "sendOrderFulfilledEmail": bool(sent["sendOrderFulfilledEmail"])}


def _reasons(sent: Json) -> Json:
    known = ("duplicate", "fraudulent", "requested")
    strange = isinstance(sent, dict) and isinstance(sent.get("reason"), str) and sent["reason"] not in known
    return {} if strange else sent


def _as_json(context: Context, **changes: Json) -> Json:
    return {**changes, "headers": {**context.request.headers, "content-type": "application/json"}}


def _no_body(context: Context) -> Json:
    return {} if context.request.body else _as_json(context, body=b"{}")


def _half_a_body(context: Context) -> Json:
    return {"body": b"{}"} if context.request.body and _sent(context.request) is ... else {}


def _large(context: Context) -> Json:
    return {"body": b"{}"} if len(context.request.body) > MAX_BODY else {}


def _any_version(context: Context) -> Json:
    headers = context.request.headers.items()
    return {"headers": {name: value for name, value in headers if name != "accept-version"}}


def _empty_page(context: Context, answer: Response) -> Response:
    page = {"orders": [], "pagination": {"limit": 100, "offset": 0, "total": 0}}
    refused = unquote(json.loads(answer.body)["details"][0]["field"]) == "site_id"
    return dataclasses.replace(with_body(answer, page), status=200) if refused else answer


# fmt: off
TABLE: tuple[Row, ...] = (
    ("site-id-in-capitals", "model", "The site is found by its id in capitals, which the pattern forbids.",
     _path(_small)),
    ("id-with-spaces", "model", "Spaces and line feeds at the end of an id are overlooked.", _path(_trimmed)),
    ("slash-at-the-end", "model", "A path that ends with a slash is taken for the one without.",
     _path(lambda path: path.rstrip("/"), *ALL, "")),
    ("any-site-id", "schemathesis", "A site id that breaks the pattern is answered with an empty page.",
     answering(_empty_page, "list-orders", status=400)),
    ("unknown-status-is-ignored", "schemathesis", "A status that nobody knows filters nothing.", _query(_no_status)),
    ("status-in-capitals", "model", "The status is compared without regard to capitals.", _query(_any_capitals)),
    ("limit-0", "schemathesis", "A limit of 0 is taken for 1.", _query(_number("limit", lambda n: n or 1))),
    ("limit-101", "schemathesis", "A limit of more than 100 is taken for 100.",
     _query(_number("limit", lambda n: min(n, 100)))),
    ("limit-below-0", "model", "A limit of -1 is taken for the default.",
     _query(_number("limit", lambda n: 100 if n < 0 else n))),
    ("offset-below-0", "schemathesis", "An offset below 0 is taken for 0.",
     _query(_number("offset", lambda n: max(n, 0)))),
    ("offset-overflows", "schemathesis", "An offset of more than 31 bits begins again from 0.",
     _query(_number("offset", lambda n: n % 2**31))),
    ("numbers-of-text", "schemathesis", "A limit that is no number is taken for the default.",
     _query(_numbers_of_text)),
    ("limit-with-decimals", "model", "A limit of 2.5 is taken for 2.", _query(_whole_of_decimal)),
    ("last-of-two", "model", "Of a parameter that is given twice the last counts.", asking(_last_of_two, *LISTS)),
    ("body-is-any-json", "schemathesis", "A body that is no object is taken for {}.", _body(_object, *WRITES)),
    ("body-is-missing", "schemathesis", "An update without a body changes nothing, with 200.",
     asking(_no_body, "update-order")),
    ("numbers-for-text", "schemathesis", "A comment may be a number.", _body(_texts, "update-order")),
    ("anything-for-a-flag", "schemathesis", "`sendOrderFulfilledEmail` may be anything.",
     _body(_flags, "fulfill-order")),
    ("unknown-reason", "schemathesis", "A refund is made for any reason.", _body(_reasons, "refund-order")),
    ("broken-json", "model", "A body that is no JSON is taken for {}.", asking(_half_a_body, *WRITES)),
    ("any-content-type", "model", "A body is read as JSON, whatever it says to be.", asking(_as_json, *WRITES)),
    ("oversized-body", "model", "A body of more than a megabyte is taken for {}.", asking(_large, *ALL, "")),
    ("any-version", "model", "v1 serves any Accept-Version.", asking(_any_version, *V1)),
)
