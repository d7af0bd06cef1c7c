"""Hold an answer against what the model says is due."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from .matching import core, differences
from .model import Ask, Due

JSON = Any


def complaints(ask: Ask, due: Due, answer: httpx.Response, *, exact: bool) -> Iterator[str]:
    """What is wrong with an answer, if anything is."""
    if answer.status_code != due.status:
        yield f"{due.status} is due, {answer.status_code} came"
        return
    yield from _headers(due, answer)
    try:
        got = answer.json()
    except ValueError:
        yield "the body is no JSON"
        return
    if due.status != 200:
        yield from _error(ask, due, got)
    elif got != due.body:
        here, there = (due.body, got) if exact else (core(due.body), core(got))
        yield from differences(here, there)


def _headers(due: Due, answer: httpx.Response) -> Iterator[str]:
    wanted = {"X-RateLimit-Limit": due.limit, "X-RateLimit-Remaining": due.remaining}
    for name, value in wanted.items():
        if value is not None and answer.headers.get(name) != str(value):
            yield f"{name} {value} is due, {answer.headers.get(name)} came"
    if answer.headers.get("Content-Type", "").partition(";")[0] != "application/json":
        yield f"it says to be {answer.headers.get('Content-Type')}"
    allow = {word.strip() for word in answer.headers.get("Allow", "").split(",")}
    if due.allow and allow != due.allow:
        yield f"Allow: {', '.join(sorted(due.allow))} is due, {', '.join(sorted(allow)) or 'nothing'} came"
    if due.retry_after is not None:
        told = answer.headers.get("Retry-After", "")
        # In whole seconds, and never more than a minute; a second or two may have passed on the way.
        if not told.isdecimal() or not max(1, due.retry_after - 2) <= int(told) <= 60:
            yield f"Retry-After of about {due.retry_after:.0f} is due, {told or 'nothing'} came"


def _error(ask: Ask, due: Due, got: JSON) -> Iterator[str]:
    if not isinstance(got, dict) or "orderId" in got or "orders" in got:
        yield "this is no error"
    elif ask.is_v1:
        if got.get("code") != due.status or not got.get("msg"):
            yield f"the error of v1 has the code {got.get('code')!r}"
    elif due.code and got.get("code") != due.code:
        yield f"the code {due.code} is due, {got.get('code')!r} came"
