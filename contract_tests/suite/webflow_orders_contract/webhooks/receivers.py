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
Headers = list[tuple[str, bytes]]
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
    sleep: Callable[[float], None] = time.sleep,
) -> WebhookResult:
    """Raises UsageError if there is nobody, or no page of what was applied."""
    result = WebhookResult(part=RECEIVER)
    start = time.perf_counter()
    with httpx.Client(timeout=patience, trust_env=False) as http:
        for case in battery(description):
            _Judge(aim, http, sleep, result).judge(case)
    if aim.applied is None:
        result.not_judged.append(
            "whether a delivery is applied once, and a forged one never: --applied can show it"
        )
    result.seconds = time.perf_counter() - start
    return result


@dataclass(frozen=True)
class _Judge:
    aim: Aim
    http: httpx.Client
    sleep: Callable[[float], None]
    result: WebhookResult

    def judge(self, case: Case) -> None:
        headers = case.headers(self.aim.secret, time.time())
        complaint, answer = self._posted(case, headers)
        self.result.deliveries += 1

        def note(check: str, wrong: str) -> None:
            if not wrong:
                self.result.note(check, [])
                return
            named = [(name, value.decode("latin-1")) for name, value in headers]
            request = Request(case.method, self.aim.url, named, case.body)
            can_be_shown = case.sending == "whole" and len(case.body) <= LARGE
            lines = [curl(request, {self.aim.secret: "$SECRET"})] if can_be_shown else []
            failure = Failure(RECEIVER, check, f"{case.what}: {wrong}", lines, answered(answer, {}))
            self.result.note(check, [failure])

        note(case.check, complaint)
        if self.aim.applied is not None and case.applied:
            note(APPLIES, self._not_applied(case, self.aim.applied))

    def _posted(self, case: Case, headers: Headers) -> tuple[str, Answer]:
        """What is wrong with the answer, if anything is; and the answer."""
        try:
            if case.sending == "cut":
                answer = _cut(case, headers, self.aim.url, self.http.timeout.read)
            else:
                answer = self._sent(case, headers)
        except (httpx.HTTPError, HTTPException, OSError) as error:
            if not self.result.deliveries:
                raise UsageError(f"There is no receiver at {self.aim.url}: {type(error).__name__}.") from None
            what = f"no answer ({type(error).__name__})"
            # Whoever is sent too much, or not all, may hang up.
            may_hang_up = len(case.body) > LARGE or case.sending == "cut"
            hung_up = may_hang_up and not isinstance(error, NOT_HUNG_UP)
            return "" if hung_up else f"{what}, where {case.wanted} was due", Answer(0, what)
        refused = 400 <= answer.status < 500
        fits = {
            "200": answer.status == 200,
            "4xx": refused,
            "200 or 4xx": answer.status == 200 or refused,
            "no 5xx": answer.status < 500,
        }[case.wanted]
        return "" if fits else f"answered {answer.status}, where {case.wanted} was due", answer

    def _sent(self, case: Case, headers: Headers) -> Answer:
        raw = [(name.encode(), value) for name, value in headers]
        content: bytes | Iterator[bytes] | None = case.body or None
        if case.sending == "dripping":
            raw.append((b"content-length", str(len(case.body)).encode()))
            content = _dripping(case.body, self.sleep)
        response = self.http.request(case.method, self.aim.url, headers=raw, content=content)
        head = response.status_code, response.reason_phrase, list(response.headers.items())
        return Answer(*head, response.content[:2000])

    def _not_applied(self, case: Case, page: str) -> str:
        """What the page shows too often or too seldom; empty if nothing."""
        for look in range(LOOKS):
            try:
                text = self.http.get(page).raise_for_status().text
            except httpx.HTTPError as error:
                raise UsageError(f"--applied: there is no page at {page}: {type(error).__name__}.") from None
            counts = [(text.count(comment), due) for comment, due in case.applied.items()]
            wrong = [f"it was applied {times} times, not {due}" for times, due in counts if times != due]
            # What is still to be applied may be; what was applied once too often remains so.
            if not wrong or any(times > due for times, due in counts):
                break
            if look < LOOKS - 1:
                self.sleep(APART)
        return wrong[0] if wrong else ""


def _dripping(body: bytes, sleep: Callable[[float], None]) -> Iterator[bytes]:
    size = -(-len(body) // PIECES)
    for at in range(0, len(body), size):
        if at:
            sleep(PAUSE)
        yield body[at : at + size]


def _cut(case: Case, headers: Headers, url: str, patience: float | None) -> Answer:
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
