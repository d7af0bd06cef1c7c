"""Judges a receiver: posts to it what the description allows and what it does not, and looks at what it answers."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection

import httpx

from ..description import Description
from ..gateway.curl import answered, curl
from ..gateway.exchange import Answer, Failure, Request
from ..settings import UsageError
from .cases import APPLIES, MIB, Case, battery
from .result import WebhookResult

RECEIVER = "the receiver"
# A delivery may be worked on after it was answered: so often is looked whether it was.
LOOKS, APART = 10, 0.5
# How long Webflow waits is documented nowhere.
PATIENCE = 10.0
# Of such a body nobody must read all; and no shell would take it.
LARGE = MIB
# A body that drips, in how many pieces, and how many seconds there are between them.
PIECES, PAUSE = 5, 0.1
NOT_HUNG_UP = (httpx.ConnectError, ConnectionRefusedError, TimeoutError)


@dataclass(frozen=True, kw_only=True)
class Aim:
    """`url`: of the receiver. `applied`: of a page that shows the comments of the orders that it applied."""

    url: str
    secret: str
    applied: str | None = None


def judge(
    aim: Aim,
    description: Description,
    *,
    patience: float = PATIENCE,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> WebhookResult:
    """Raises UsageError if there is nobody, or no page of what was applied."""
    result = WebhookResult(part=RECEIVER)
    start = time.perf_counter()
    with httpx.Client(timeout=patience, trust_env=False) as http:
        for case in battery(description):
            _judge_one(case, aim, http, result, now, sleep)
    if aim.applied is None:
        result.not_judged.append(
            "whether a delivery is applied once, and a forged one never: --applied can show it"
        )
    result.seconds = time.perf_counter() - start
    return result


def _judge_one(
    case: Case,
    aim: Aim,
    http: httpx.Client,
    result: WebhookResult,
    now: Callable[[], float],
    sleep: Callable[[float], None],
) -> None:
    headers = case.headers(aim.secret, now())
    complaint, answer = _posted(case, headers, aim, http, sleep, first=not result.deliveries)
    result.deliveries += 1

    def note(check: str, wrong: str) -> None:
        if not wrong:
            result.note(check, [])
            return
        named = [(name, value.decode("latin-1")) for name, value in headers]
        request = Request(case.method, aim.url, named, case.body)
        can_be_shown = case.sending == "whole" and len(case.body) <= LARGE
        lines = [curl(request, {aim.secret: "$SECRET"})] if can_be_shown else []
        result.note(check, [Failure(RECEIVER, check, f"{case.what}: {wrong}", lines, answered(answer, {}))])

    note(case.check, complaint)
    if aim.applied is not None and case.applied:
        note(APPLIES, _not_applied(case, aim.applied, http, sleep))


def _posted(
    case: Case,
    headers: list[tuple[str, bytes]],
    aim: Aim,
    http: httpx.Client,
    sleep: Callable[[float], None],
    *,
    first: bool,
) -> tuple[str, Answer]:
    """What is wrong with the answer, if anything is; and the answer."""
    try:
        if case.sending == "cut":
            answer = _cut(case, headers, aim.url, http.timeout.read)
        else:
            answer = _sent(case, headers, aim.url, http, sleep)
    except (httpx.HTTPError, HTTPException, OSError) as error:
        if first:
            raise UsageError(f"There is no receiver at {aim.url}: {type(error).__name__}.") from None
        what = f"no answer ({type(error).__name__})"
        # Whoever is sent too much, or not all, may hang up.
        may_hang_up = len(case.body) > LARGE or case.sending == "cut"
        hung_up = may_hang_up and not isinstance(error, NOT_HUNG_UP)
        return "" if hung_up else f"{what}, where {case.wanted} was due", Answer(0, what)
    fits = {
        "200": answer.status == 200,
        "4xx": 400 <= answer.status < 500,
        "200 or 4xx": answer.status == 200 or 400 <= answer.status < 500,
        "no 5xx": answer.status < 500,
    }[case.wanted]
    return "" if fits else f"answered {answer.status}, where {case.wanted} was due", answer


def _sent(
    case: Case,
    headers: list[tuple[str, bytes]],
    url: str,
    http: httpx.Client,
    sleep: Callable[[float], None],
) -> Answer:
    raw = [(name.encode(), value) for name, value in headers]
    content: bytes | Iterator[bytes] | None = case.body or None
    if case.sending == "dripping":
        raw.append((b"content-length", str(len(case.body)).encode()))
        content = _dripping(case.body, sleep)
    response = http.request(case.method, url, headers=raw, content=content)
    return Answer(
        response.status_code, response.reason_phrase, list(response.headers.items()), response.content[:2000]
    )


def _dripping(body: bytes, sleep: Callable[[float], None]) -> Iterator[bytes]:
    size = -(-len(body) // PIECES)
    for at in range(0, len(body), size):
        if at:
            sleep(PAUSE)
        yield body[at : at + size]


def _cut(case: Case, headers: list[tuple[str, bytes]], url: str, patience: float | None) -> Answer:
    """Half of the body, and the end of the connection in that direction; no library for HTTP would send that."""
    to = httpx.URL(url)
    kind = HTTPSConnection if to.scheme == "https" else HTTPConnection
    with contextlib.closing(kind(to.raw_host.decode(), to.port, timeout=patience)) as connection:
        connection.putrequest(case.method, to.raw_path.decode())
        for name, value in [*headers, ("content-length", str(len(case.body)).encode())]:
            connection.putheader(name, value)
        connection.endheaders(case.body[: len(case.body) // 2])
        connection.sock.shutdown(socket.SHUT_WR)
        response = connection.getresponse()
        return Answer(response.status, response.reason, response.getheaders(), response.read(2000))


def _not_applied(case: Case, page: str, http: httpx.Client, sleep: Callable[[float], None]) -> str:
    """What the page shows too often or too seldom; empty if nothing."""
    for look in range(LOOKS):
        try:
            text = http.get(page).raise_for_status().text
        except httpx.HTTPError as error:
            raise UsageError(f"--applied: there is no page at {page}: {type(error).__name__}.") from None
        wrong = [
            f"it was applied {text.count(comment)} times, not {due}"
            for comment, due in case.applied.items()
            if text.count(comment) != due
        ]
        # What is still to be applied may be; what was applied once too often remains so.
        if not wrong or any(text.count(comment) > due for comment, due in case.applied.items()):
            break
        if look < LOOKS - 1:
            sleep(APART)
    return wrong[0] if wrong else ""
