"""Hold an answer against what the model expects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from .diff import core, differences
from .state import Expected, Request

JSON = Any


def complaints(request: Request, expected: Expected, answer: httpx.Response, *, exact: bool) -> Iterator[str]:
    """What is wrong with an answer, if anything is."""
    if answer.status_code != expected.status:
        yield f"{expected.status} is due, {answer.status_code} came"
        return
    yield from _headers(expected, answer)
    try:
        got = answer.json()
    except ValueError:
        yield "the body is no JSON"
        return
    if expected.status != 200:
        yield from _error(request, expected, got)
    elif got != expected.body:
        here, there = (expected.body, got) if exact else (core(expected.body), core(got))
        yield from differences(here, there)


def _headers(expected: Expected, answer: httpx.Response) -> Iterator[str]:
    wanted = {"X-RateLimit-Limit": expected.limit, "X-RateLimit-Remaining": expected.remaining}
    for name, value in wanted.items():
        if value is not None and answer.headers.get(name) != str(value):
            yield f"{name} {value} is due, {answer.headers.get(name)} came"
    if answer.headers.get("Content-Type", "").partition(";")[0] != "application/json":
        yield f"it says to be {answer.headers.get('Content-Type')}"
    allow = {word.strip() for word in answer.headers.get("Allow", "").split(",")}
    if expected.allow and allow != expected.allow:
        yield f"Allow: {', '.join(sorted(expected.allow))} is due, {', '.join(sorted(allow)) or 'nothing'} came"
    if expected.retry_after is not None:
        told = answer.headers.get("Retry-After", "")
        # In whole seconds, and never more than a minute; a second or two may have passed on the way.
        if not told.isdecimal() or not max(1, expected.retry_after - 2) <= int(told) <= 60:
            yield f"Retry-After of about {expected.retry_after:.0f} is due, {told or 'nothing'} came"


def _error(request: Request, expected: Expected, got: JSON) -> Iterator[str]:
    if not isinstance(got, dict) or "orderId" in got or "orders" in got:
        yield "this is no error"
    elif request.is_v1:
        if got.get("code") != expected.status or not got.get("msg"):
            yield f"the error of v1 has the code {got.get('code')!r}"
    elif expected.code and got.get("code") != expected.code:
        yield f"the code {expected.code} is due, {got.get('code')!r} came"
