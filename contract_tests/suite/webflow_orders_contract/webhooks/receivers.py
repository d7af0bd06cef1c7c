"""Judges a receiver: posts to it what the description allows and what it does not, and looks at what it answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

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
    complaint, answer = _posted(case, headers, aim, http, first=not result.deliveries)
    result.deliveries += 1

    def note(check: str, wrong: str) -> None:
        if not wrong:
            result.note(check, [])
            return
        named = [(name, value.decode("latin-1")) for name, value in headers]
        request = Request(case.method, aim.url, named, case.body)
        lines = [] if len(case.body) > LARGE else [curl(request, {aim.secret: "$SECRET"})]
        result.note(check, [Failure(RECEIVER, check, f"{case.what}: {wrong}", lines, answered(answer, {}))])

    note(case.check, complaint)
    if aim.applied is not None and case.applied:
        note(APPLIES, _not_applied(case, aim.applied, http, sleep))


def _posted(
    case: Case, headers: list[tuple[str, bytes]], aim: Aim, http: httpx.Client, *, first: bool
) -> tuple[str, Answer]:
    """What is wrong with the answer, if anything is; and the answer."""
    try:
        raw = [(name.encode(), value) for name, value in headers]
        response = http.request(case.method, aim.url, headers=raw, content=case.body or None)
    except httpx.HTTPError as error:
        if first:
            raise UsageError(f"There is no receiver at {aim.url}: {type(error).__name__}.") from None
        what = f"no answer ({type(error).__name__})"
        # Whoever is sent too much may hang up.
        hung_up = len(case.body) > LARGE and not isinstance(error, httpx.ConnectError)
        return "" if hung_up else f"{what}, where {case.wanted} was due", Answer(0, what)
    answer = Answer(
        response.status_code, response.reason_phrase, list(response.headers.items()), response.content[:2000]
    )
    fits = {
        "200": answer.status == 200,
        "4xx": 400 <= answer.status < 500,
        "200 or 4xx": answer.status == 200 or 400 <= answer.status < 500,
        "no 5xx": answer.status < 500,
    }[case.wanted]
    return "" if fits else f"answered {answer.status}, where {case.wanted} was due", answer


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
