"""The wrong number: one the spec does not know, or one that means something else."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable

from ..api.errors import failed
from ..messages import Request, Response
from .tools import V1, V2, WRITES, Context, Mutation, Row, answering

BEYOND_PLANE_0 = 0x10000


def _as(status: int, frm: int, *operations: str) -> Mutation:
    return answering(
        lambda context, answer: dataclasses.replace(answer, status=status), *operations, status=frm
    )


def _refused(status: int, code: str | int, frm: int, *operations: str) -> Mutation:
    """Another refusal than is due, in words that fit it."""

    def change(context: Context, answer: Response) -> Response:
        body = json.dumps({**json.loads(answer.body), "code": code}).encode()
        return dataclasses.replace(answer, status=status, body=body)

    return answering(change, *operations, status=frm)


def _fails_on(odd: Callable[[Request], bool], *operations: str) -> Mutation:
    def mutation(context: Context) -> Response:
        answer = context.answer()
        if (
            context.operation not in operations
            or answer.status in (401, 403, 429)
            or not odd(context.request)
        ):
            return answer
        body = failed(500).body("v1" if context.operation in V1 else "v2", context.request.path)
        return dataclasses.replace(answer, status=500, body=body)

    return mutation


def _is_beyond_plane_0(request: Request) -> bool:
    return any(ord(char) >= BEYOND_PLANE_0 for char in _text(request.body))


def _text(body: bytes) -> str:
    try:
        return str(json.loads(body))
    except ValueError:
        return ""


def _is_far(request: Request) -> bool:
    return any(part.startswith("offset=") and len(part) > 16 for part in request.query.split("&"))


def _is_no_number(request: Request) -> bool:
    return any(
        part.startswith("limit=") and not part[6:].lstrip("-").isdigit() for part in request.query.split("&")
    )


def _unchanged(context: Context, answer: Response) -> Response:
    order = context.order()
    return dataclasses.replace(answer, status=200, body=context.keep(order)) if order else answer


# fmt: off
TABLE: tuple[Row, ...] = (
    ("unfulfill-is-accepted", "schemathesis", "Unfulfill answers 202.", _as(202, 200, "unfulfill-order")),
    ("refund-is-created", "schemathesis", "Refund answers 201.", _as(201, 200, "refund-order")),
    ("update-says-nothing", "schemathesis", "Update answers 204, with no body.",
     answering(lambda _, answer: dataclasses.replace(answer, status=204, body=b""), "update-order")),
    ("malformed-is-422", "schemathesis", "Malformed input is answered with 422, which nobody documented.",
     _as(422, 400, *V2)),
    ("unknown-order-is-200", "model", "An unknown order is answered with 200, and the error in the body.",
     _as(200, 404, "get-order")),
    ("unknown-order-is-400", "model", "An unknown order is answered with 400.",
     _refused(400, "bad_request", 404, *V2)),
    ("unknown-order-is-500", "model", "An unknown order of v1 is answered with 500.", _refused(500, 500, 404, *V1)),
    ("conflict-is-400", "model", "A change that the status forbids is answered with 400.",
     _refused(400, "bad_request", 409, *WRITES)),
    ("conflict-is-200", "rule", "A change that the status forbids is answered with 200, and not made.",
     answering(_unchanged, *WRITES, status=409)),
    ("no-token-is-403", "model", "A request without a valid token is answered with 403.",
     _refused(403, "forbidden", 401, *V2)),
    ("no-scope-is-401", "model", "A token without the scope is answered with 401.",
     _refused(401, "not_authorized", 403, *V2)),
    ("no-scope-is-404", "model", "A token without the scope is told that there is no such order.",
     _refused(404, "resource_not_found", 403, *V2)),
    ("no-shop-is-404", "model", "A site without a shop is answered with 404 by v2 too.",
     _refused(404, "resource_not_found", 409, "list-orders")),
    ("too-many-is-503", "model", "A token that has used up its minute is answered with 503.",
     _refused(503, "service_unavailable", 429)),
    ("fails-on-text-for-a-number", "schemathesis", "A limit that is no number is answered with 500.",
     _fails_on(_is_no_number, "list-orders", "list-orders-v1")),
    ("fails-on-a-huge-offset", "schemathesis", "An offset of ten digits is answered with 500.",
     _fails_on(_is_far, "list-orders")),
    ("fails-on-null", "schemathesis", "A body that is null is answered with 500.", 
     _fails_on(lambda request: request.body.strip() == b"null", *WRITES)),
    ("fails-on-emoji", "model", "A comment with a character beyond the basic plane is answered with 500.",
     _fails_on(_is_beyond_plane_0, "update-order")),
)
