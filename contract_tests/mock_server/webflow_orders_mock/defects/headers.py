"""Headers that are missing, or say something that is not so."""

from __future__ import annotations

from collections.abc import Callable

from ..messages import Response
from .tools import GETS, LISTS, V1, V2, Context, Mutation, Row, answering, with_headers


def _headers(*operations: str, status: int = 200, **headers: str | None) -> Mutation:
    return answering(lambda context, answer: with_headers(answer, **headers), *operations, status=status)


def _number(
    name: str, of: str, change: Callable[[int], int], *operations: str, status: int = 200
) -> Mutation:
    """A header says what is made of the number in another, or in itself."""

    def reply(context: Context, answer: Response) -> Response:
        return with_headers(answer, **{name: str(change(int(answer.headers[of])))})

    return answering(reply, *operations, status=status)


def _of_a_larger_plan(context: Context) -> Response:
    answer = context.answer()
    limit = answer.headers.get("X-RateLimit-Limit")
    return answer if limit is None else with_headers(answer, X_RateLimit_Limit=str(int(limit) + 60))


def _forever(context: Context) -> Response:
    who = context.request.headers.get("authorization"), context.operation in V1
    refused: Response | None = context.memory.get(who)
    answer = context.answer()
    if refused is not None and answer.status == 200:
        return refused
    if answer.status == 429:
        context.memory[who] = answer
    return answer


# fmt: off
TABLE: tuple[Row, ...] = (
    ("order-is-html", "schemathesis", "A single order is said to be text/html.",
     _headers(*GETS, Content_Type="text/html; charset=utf-8")),
    ("error-is-plain-text", "model", "A 404 is said to be text/plain.",
     _headers(*V2, status=404, Content_Type="text/plain")),
    ("no-content-type", "schemathesis", "A list does not say what it is.", _headers(*LISTS, Content_Type=None)),
    ("no-rate-limit", "schemathesis", "The answers to writes lack X-RateLimit-Limit.",
     _headers("update-order", "fulfill-order", X_RateLimit_Limit=None)),
    ("no-remaining-on-errors", "model", "Errors lack X-RateLimit-Remaining.",
     _headers(*V2, status=404, X_RateLimit_Remaining=None)),
    ("remaining-is-a-word", "schemathesis", "X-RateLimit-Remaining says `plenty`.",
     _headers(*V2, X_RateLimit_Remaining="plenty")),
    ("remaining-is-too-much", "rule", "More requests remain than there are.",
     _number("X-RateLimit-Remaining", "X-RateLimit-Limit", lambda limit: limit + 1, *V2)),
    ("remaining-is-stuck", "model", "X-RateLimit-Remaining never goes down.",
     _number("X-RateLimit-Remaining", "X-RateLimit-Limit", lambda limit: limit - 1)),
    ("limit-is-another-plan", "model", "X-RateLimit-Limit is that of a larger plan.", _of_a_larger_plan),
    ("limit-is-not-enforced", "model", "A token may make as many requests as it likes.",
     answering(lambda context, answer: context.as_if(context.account.token), status=429)),
    ("minute-never-ends", "model", "A token that was refused once is refused for good.", _forever),
    ("no-retry-after", "model", "A 429 does not say when to come again.", _headers(status=429, Retry_After=None)),
    ("retry-after-is-a-date", "model", "Retry-After is a date.",
     _headers(status=429, Retry_After="Wed, 21 Oct 2026 07:28:00 GMT")),
    ("retry-after-is-in-milliseconds", "model", "Retry-After is a thousand times too long.",
     _number("Retry-After", "Retry-After", lambda seconds: seconds * 1000, status=429)),
    ("no-allow", "schemathesis", "A 405 does not say which methods there are.", _headers(status=405, Allow=None)),
    ("allow-is-not-all", "schemathesis", "The Allow of a 405 names GET alone.", _headers(status=405, Allow="GET")),
)
