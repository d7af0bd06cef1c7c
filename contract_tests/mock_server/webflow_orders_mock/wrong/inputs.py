"""What is taken that should be refused. Each puts something right before the healthy mock sees it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, unquote, urlencode

from ..messages import Request, Response
from ..validation import MAX_BODY, STATUSES
from .tools import LISTS, V1, V2, WRITES, Effect, Json, Row, Turn, answering, with_body

Query = dict[str, str]
IS_JSON = "application/json"


def _query(mend: Callable[[Query], None], *operations: str) -> Effect:
    def effect(turn: Turn) -> Response:
        if turn.operation not in (operations or LISTS):
            return turn.answer()
        query = dict(parse_qsl(turn.request.query, keep_blank_values=True))
        before = dict(query)
        mend(query)
        # The last of several values wins in a dict; a query that needs no mending is left as it is.
        return turn.answer(query=urlencode(query)) if query != before else turn.answer()

    return effect


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


def _last_of_two(turn: Turn) -> Response:
    if turn.operation not in LISTS:
        return turn.answer()
    query = parse_qsl(turn.request.query, keep_blank_values=True)
    return turn.answer(query=urlencode(dict(query))) if len(dict(query)) < len(query) else turn.answer()


def _path(mend: Callable[[str], str]) -> Effect:
    def effect(turn: Turn) -> Response:
        path = mend(turn.request.path)
        return turn.answer(path=path) if turn.operation in V2 else turn.answer()

    return effect


def _small(path: str) -> str:
    return re.sub("/sites/[0-9A-Fa-f]{24}", lambda found: found[0].lower(), path)


def _trimmed(path: str) -> str:
    return re.sub("(?:%20|%0A)+(/|$)", r"\1", path)


def _without_slash(turn: Turn) -> Response:
    return turn.answer(path=turn.request.path.rstrip("/"))


def _sent(request: Request) -> Json:
    try:
        return json.loads(request.body)
    except ValueError:
        return ...


def _body(mend: Callable[[Json], Json], *operations: str) -> Effect:
    def effect(turn: Turn) -> Response:
        sent = _sent(turn.request)
        mended = mend(sent) if turn.operation in operations and sent is not ... else sent
        return turn.answer() if mended == sent else turn.answer(body=json.dumps(mended).encode())

    return effect


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


def _any_type(turn: Turn) -> Response:
    if turn.operation not in WRITES:
        return turn.answer()
    return turn.answer(headers={**turn.request.headers, "content-type": IS_JSON})


def _no_body(turn: Turn) -> Response:
    if turn.operation != "update-order" or turn.request.body:
        return turn.answer()
    return turn.answer(body=b"{}", headers={**turn.request.headers, "content-type": IS_JSON})


def _half_a_body(turn: Turn) -> Response:
    broken = turn.operation in WRITES and turn.request.body and _sent(turn.request) is ...
    return turn.answer(body=b"{}") if broken else turn.answer()


def _large(turn: Turn) -> Response:
    return turn.answer(body=b"{}") if len(turn.request.body) > MAX_BODY else turn.answer()


def _any_version(turn: Turn) -> Response:
    headers = {name: value for name, value in turn.request.headers.items() if name != "accept-version"}
    return turn.answer(headers=headers) if turn.operation in V1 else turn.answer()


def _empty_page(turn: Turn, answer: Response) -> Response:
    page = {"orders": [], "pagination": {"limit": 100, "offset": 0, "total": 0}}
    refused = unquote(json.loads(answer.body)["details"][0]["field"]) == "site_id"
    return with_body(with_status(answer), page) if refused else answer


def with_status(answer: Response) -> Response:
    return Response(200, answer.headers, answer.body)


# fmt: off
TABLE: tuple[Row, ...] = (
    ("site-id-in-capitals", "model", "The site is found by its id in capitals, which the pattern forbids.",
     _path(_small)),
    ("id-with-spaces", "model", "Spaces and line feeds at the end of an id are overlooked.", _path(_trimmed)),
    ("slash-at-the-end", "model", "A path that ends with a slash is taken for the one without.", _without_slash),
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
    ("last-of-two", "model", "Of a parameter that is given twice the last counts.", _last_of_two),
    ("body-is-any-json", "schemathesis", "A body that is no object is taken for {}.", _body(_object, *WRITES)),
    ("body-is-missing", "schemathesis", "An update without a body changes nothing, with 200.", _no_body),
    ("numbers-for-text", "schemathesis", "A comment may be a number.", _body(_texts, "update-order")),
    ("anything-for-a-flag", "schemathesis", "`sendOrderFulfilledEmail` may be anything.",
     _body(_flags, "fulfill-order")),
    ("unknown-reason", "schemathesis", "A refund is made for any reason.", _body(_reasons, "refund-order")),
    ("broken-json", "model", "A body that is no JSON is taken for {}.", _half_a_body),
    ("any-content-type", "model", "A body is read as JSON, whatever it says to be.", _any_type),
    ("oversized-body", "model", "A body of more than a megabyte is taken for {}.", _large),
    ("any-version", "model", "v1 serves any Accept-Version.", _any_version),
)
