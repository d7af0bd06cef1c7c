"""Put requests to a mock and hold each answer against the model."""

from __future__ import annotations

import contextlib
import copy
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from ..description.writes import kinds_of
from ..gateway.exchange import Answer, Request as Sent, parsed
from ..gateway.guard import Refused as NotSent
from ..gateway.proxy import Gateway, NoAnswer
from .diff import core, differences
from .state import OPERATIONS, READ, WRITE, Expected, ModelState, Refused, Request, Token, changed

JSON = Any
READER, WRITER, HASTY = "model-reader", "model-writer", "model-hasty"
HASTY_LIMIT = 4
# So often is a failure looked for in a shorter sequence: enough to see it in a few lines.
MOST_TRIES = 60
FLAKES = (
    "From a fresh start the same requests were answered otherwise: the server does not always do the same."
)
FOREIGN = {"orderId": "f0f-0f0", "status": "unfulfilled"}

# Something that was done to the server, and with what.
Step = tuple[Callable[[Any], object], Any]


class Disagreement(AssertionError):
    """The server's answer is not the model's."""


class Enough(BaseException):
    """The server must not be asked any more. No Exception, or Hypothesis would take it for a failure."""


@dataclass(frozen=True)
class Failed:
    """A sequence whose last step was answered otherwise than was due, and what was sent and came."""

    steps: list[Step]
    complaint: str
    requests: list[Sent]
    answer: str


class ModelChecker:
    """Our mock, which starts over, is told of tokens and has its clock put forward, beside the model of it.

    `exact`: the mock tells orders as it stores them, which the `documented` dialect does not. `with_v1`: v1 is asked.
    """

    def __init__(self, gateway: Gateway, *, exact: bool = True, with_v1: bool = True) -> None:
        self.gateway, self.exact, self.with_v1 = gateway, exact, with_v1
        # Whether an order is stored as a write answered it: so as it will be read.
        self.keeps_answers = exact
        gateway.counted = type(self) is ModelChecker
        self.site, self.token = gateway.server.site, gateway.server.token
        self.state = ModelState()
        self.ids: list[str] = []
        self.kinds: list[list[str]] = []
        self.touched = ""
        self.sequences = self.steps = self.requests = 0
        self.is_over = False
        # Is told of each sequence.
        self.tell: Callable[[int], object] = lambda sequences: None
        self.compared: Counter[str] = Counter()
        self.failed: Failed | None = None
        self._log: list[Step] = []
        self._ahead, self._asked = 0.0, ""
        self._seed: dict[str, JSON] = {}
        self._hidden: dict[str, JSON] = {}

    def close(self) -> None:
        self.gateway.counted = False

    # ------------------------------------------------------------------ the mock's own door

    def begin(self) -> None:
        """A fresh mock, and a fresh model of it. Raises Enough instead."""
        from webflow_orders_mock import MockWebflow as mock

        self.gateway.start_over()
        self.hidden_site, self.stranger = mock.site_id_of_another, mock.token_of_another
        if not self._seed:
            self._seed, self._hidden = self._stored(self.site), self._stored(self.hidden_site)
        self.site_without_shop = mock.site_id_without_shop
        mine = frozenset({self.site, self.site_without_shop})
        self.state = ModelState(
            sites={
                self.site: copy.copy(self._seed),
                self.site_without_shop: None,
                self.hidden_site: copy.copy(self._hidden),
            },
            tokens={self.token: Token(sites=mine), self.stranger: Token(sites=frozenset({self.hidden_site}))},
        )
        self.begun(self._seed)
        self._ahead = 0.0

    def begun(self, orders: Mapping[str, JSON]) -> None:
        self.ids, self.kinds, self.touched, self._log = list(orders), kinds_of(orders), "", []
        self.gateway.forget()
        self.sequences += 1
        self.tell(self.sequences)

    def _stored(self, site: str) -> dict[str, JSON]:
        return {order["orderId"]: order for order in self.control("GET", f"/sites/{site}/orders")["orders"]}

    def control(self, method: str, path: str, body: JSON = None) -> JSON:
        sent = b"" if body is None else json.dumps(body).encode()
        answer = self.gateway.ask(method, f"/_mock{path}", sent)
        if not 200 <= answer.status < 300:
            raise NoAnswer(f"the mock answered {answer.status} to {method} {path}")
        return answer.json

    def let_in(self, token: str) -> str:
        """Have the mock know a token with fewer rights, from its first use in a sequence on."""
        if token not in self.state.tokens:
            sites = [self.site, self.site_without_shop]
            scopes = {READER: [READ], WRITER: [WRITE]}.get(token, [READ, WRITE])
            plan = f"enterprise:{HASTY_LIMIT}" if token == HASTY else "enterprise"
            self._log.append((self.let_in, token))
            self.control("POST", "/tokens", {"token": token, "scopes": scopes, "sites": sites, "plan": plan})
            limit = HASTY_LIMIT if token == HASTY else Token.limit
            self.state.tokens[token] = Token(frozenset(scopes), frozenset(sites), limit)
        return token

    def seed_the_hidden_site(self, order: JSON = FOREIGN) -> str:
        orders = self.state.sites[self.hidden_site]
        if orders is not None and order["orderId"] not in orders:
            self._log.append((self.seed_the_hidden_site, order))
            self.control("POST", f"/sites/{self.hidden_site}/orders", order)
            orders[order["orderId"]] = dict(order)
        return str(order["orderId"])

    def wait_a_minute(self, seconds: int = 61) -> None:
        self._log.append((self.wait_a_minute, seconds))
        self.control("POST", "/clock", {"forward": seconds})
        self._ahead += seconds

    # ------------------------------------------------------------------ requests

    def end(self) -> NoReturn:
        self.is_over = True
        raise Enough

    def ask(self, operation: str, order: str = "", *, token: str | None = None, **more: Any) -> None:
        """Send a request, the default token's unless it says otherwise; raise Disagreement if need be."""
        more = {"site": self.site, "authorization": f"Bearer {token or self.token}", **more}
        request = Request(operation=operation, order=order, **more)
        if self.with_v1 or not request.is_v1:
            self.put(request)

    def put(self, request: Request) -> None:
        self._log.append((self.put, request))
        sent = time.time() + self._ahead
        try:
            answer = self._send(request)
        except NoAnswer as error:
            self._remember(f"{self._asked}: no answer: {error}")
            raise Disagreement(str(error)) from None
        self.compared[request.operation] += 1
        expected, wrong = self._judged(request, answer, sent)
        if wrong:
            complaint = f"{self._asked}: " + "; ".join(wrong[:4])
            self._remember(complaint)
            raise Disagreement(complaint)
        after = expected.after
        if after is not None and answer.status == expected.status:
            self.state.learn(request, expected, parsed(answer.decoded) if self.keeps_answers else after)
            self.touched = request.order

    def glance(self, asked: tuple[str, str, str]) -> None:
        """Ask (operation, order, query) what may be answered in one way or another, but not with a 5xx: that the
        gateway sees."""
        operation, order, query = asked
        request = Request(
            operation=operation, site=self.site, order=order, authorization=f"Bearer {self.token}"
        )
        if request.is_v1 and not self.with_v1:
            return
        self._log.append((self.glance, asked))
        self.state.expected(request, time.time() + self._ahead)  # For it counts.
        self.requests += 1
        path = OPERATIONS[operation].path.format(site_id=self.site, order_id=order)
        try:
            self.gateway.ask("GET", f"{path}?{query}")
        except NoAnswer as error:
            self._remember(f"GET {path}?{query[:200]}: no answer: {error}")
            raise Disagreement(str(error)) from None

    def _judged(self, request: Request, answer: Answer, sent: float) -> tuple[Expected, list[str]]:
        """What was due, and what is wrong. The server looked at its clock somewhen between request and answer: what
        is right at one of the moments at which a minute may have begun or ended is right."""
        came, tokens = time.time() + self._ahead, self.state.tokens
        token = self.state.token(request)
        found: list[tuple[Expected, list[str]]] = []
        for now in dict.fromkeys((sent, came, sent - token.unsure if token is not None else sent)):
            self.state.tokens = {name: replace(each) for name, each in tokens.items()}
            expected = self.state.expected(request, now)
            found.append((expected, list(self.wrong(request, expected, answer))))
            if not found[-1][1]:
                break
        counted = self.state.token(request)
        if counted is not None and counted.made == 1:
            counted.unsure = came - counted.since
        return found[-1] if not found[-1][1] else found[0]

    def allows(self, action: str, order: str) -> bool:
        """Whether this is due to be done to the order as it stands."""
        stored = (self.state.sites[self.site] or {})[order]
        try:
            changed(stored, action, {}, 0.0)
        except Refused:
            return False
        return True

    def wrong(self, request: Request, expected: Expected, answer: Answer) -> Iterable[str]:
        return complaints(request, expected, answer, exact=self.exact)

    def _remember(self, complaint: str) -> None:
        if self.failed is None or len(self._log) <= len(self.failed.steps):
            sent = list(self.gateway.sent)
            self.failed = Failed(list(self._log), complaint, sent, self.gateway.told())

    def _send(self, request: Request) -> Answer:
        operation = OPERATIONS[request.operation]
        # A surrogate stands for a byte that begins no character.
        ids = {
            "site_id": quote(request.site, safe="", errors="surrogateescape"),
            "order_id": quote(request.order, safe="", errors="surrogateescape"),
        }
        query = f"?{urlencode(request.query, errors='surrogateescape')}" if request.query else ""
        headers = {"Authorization": request.authorization, "Accept-Version": request.accept_version}
        headers["Content-Type"] = request.body.media_type
        sent = [(name, value) for name, value in headers.items() if value is not None]
        path = f"{operation.path.format(**ids)}{request.tail}{query}"
        method = request.method or operation.method
        self.requests += 1
        self._asked = f"{method} {path[:200]}"
        return self.gateway.ask(method, path, request.body.content, sent)

    # ------------------------------------------------------------------ a failure, in as few steps as it takes

    def shorten(self) -> None:
        """Look for the shortest sequence that fails as the one did that was found; if that one does so again."""
        if self.failed is None or not self.failed.steps or self.gateway.breaker.reason:
            return  # Nothing is asked any more, and so it can not be seen whether it happens again.
        if not self._fails(self.failed.steps):
            told = f"{self.failed.complaint}\n{FLAKES}"
            self.failed = replace(self.failed, complaint=told)
            return
        *before, last = self.failed.steps
        tries = MOST_TRIES
        written = [entry for entry in before if entry[0] != self.put or not _reads(entry[1])]
        if self._fails([*written, last]):
            before = written
        # Pieces of half the sequence, then of a quarter, and so on to single steps.
        for size in [2**power for power in reversed(range(len(before).bit_length()))]:
            # The last first: what a token was used for goes before the token.
            for end in range(len(before), 0, -size):
                shorter = [*before[: max(0, end - size)], *before[end:]]
                if tries > 0 and self._fails([*shorter, last]):
                    before = shorter
                tries -= 1

    def _fails(self, steps: Sequence[Step]) -> bool:
        """Whether these fail as well, at the last step and in the same way; if so, they are remembered."""
        known, self.failed = self.failed, None
        assert known is not None
        with contextlib.suppress(Disagreement, Enough, NoAnswer, NotSent):
            self.begin()
            for act, argument in steps:
                act(argument)
        found, self.failed = self.failed, known
        # Without a token of its own, say, another complaint would come.
        same = found is not None and _masked(found.complaint) == _masked(known.complaint)
        if found is not None and same and len(found.steps) == len(steps):
            self.failed = found
            return True
        return False

    def curls(self) -> list[str]:
        """The requests of the sequence that failed, as lines for a shell."""
        return self.gateway.as_curls(self.failed.requests if self.failed is not None else [])


def _masked(complaint: str) -> str:
    """Without its numbers: a time stamp is another one in the next try."""
    return re.sub("[0-9]+", "0", complaint)


def _reads(request: Request) -> bool:
    return OPERATIONS[request.operation].method == "GET" and not request.method


# ---------------------------------------------------------------------- an answer, against what is due


def complaints(request: Request, expected: Expected, answer: Answer, *, exact: bool) -> Iterator[str]:
    """What is wrong with an answer, if anything is."""
    if answer.status != expected.status:
        yield f"{expected.status} is due, {answer.status} came"
        return
    yield from _headers(expected, answer)
    got = answer.json
    if got is None:
        yield "the body is no JSON"
    elif expected.status != 200:
        yield from _error(request, expected, got)
    elif got != expected.body:
        here, there = (expected.body, got) if exact else (core(expected.body), core(got))
        yield from differences(here, there)


def _headers(expected: Expected, answer: Answer) -> Iterator[str]:
    wanted = {"X-RateLimit-Limit": expected.limit, "X-RateLimit-Remaining": expected.remaining}
    for name, value in wanted.items():
        came = answer.header(name.lower())
        if value is not None and came != str(value):
            yield f"{name} {value} is due, {came or 'nothing'} came"
    if (media := answer.header("content-type")).partition(";")[0] != "application/json":
        yield f"it says to be {media or 'nothing'}"
    allow = {word.strip() for word in answer.header("allow").split(",")}
    if expected.allow and allow != expected.allow:
        yield f"Allow: {', '.join(sorted(expected.allow))} is due, {', '.join(sorted(allow)) or 'nothing'} came"
    if expected.retry_after is not None:
        told = answer.header("retry-after")
        # In whole seconds, and never more than a minute; a second or two may have passed on the way.
        if not told.isdecimal() or not max(1, expected.retry_after - 2) <= int(told) <= 60:
            yield f"Retry-After of about {expected.retry_after:.0f} is due, {told or 'nothing'} came"


def has_its_own_name(expected: Expected, got: JSON) -> Iterator[str]:
    if (
        expected.code == "unsupported_version"
        and isinstance(got, dict)
        and got.get("name") == "ValidationError"
    ):
        yield "an unsupported version has an error of its own, and ValidationError came"


def _error(request: Request, expected: Expected, got: JSON) -> Iterator[str]:
    if not isinstance(got, dict) or "orderId" in got or "orders" in got:
        yield "this is no error"
    elif request.is_v1:
        if got.get("code") != expected.status or not got.get("msg"):
            yield f"the error of v1 has the code {got.get('code')!r}"
        yield from has_its_own_name(expected, got)
    elif expected.code and got.get("code") != expected.code:
        yield f"the code {expected.code} is due, {got.get('code')!r} came"
