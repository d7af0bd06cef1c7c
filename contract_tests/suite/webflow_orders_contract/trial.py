"""Put requests to a mock and hold each answer against the model."""

from __future__ import annotations

import contextlib
import copy
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from .curl import curl
from .found import Disagreement, Failed, Step
from .judging import complaints
from .model import OPERATIONS, READ, WRITE, Ask, Due, Token, World
from .transport import Line

JSON = Any
READER, WRITER, HASTY = "model-reader", "model-writer", "model-hasty"
HASTY_LIMIT = 4
# Long enough to see a failure in a few lines; a stubborn one is not worth minutes.
SHORTENING = 10.0
FOREIGN = {"orderId": "f0f-0f0", "status": "unfulfilled"}
# A sequence that takes longer is given up: the minute of a token may end while nobody looks.
PATIENCE = 40.0


@dataclass
class Trial:
    """`sites`: the one with the orders, one without a shop, and one that only `stranger` may see."""

    base_url: str
    token: str
    line: Line
    site: str
    site_without_shop: str
    hidden_site: str
    stranger: str
    exact: bool = True
    world: World = field(default_factory=World)
    ids: list[str] = field(default_factory=list)
    kinds: list[list[str]] = field(default_factory=list)
    touched: str = ""
    sequences: int = 0
    steps: int = 0
    compared: Counter[str] = field(default_factory=Counter)
    failed: Failed | None = None
    _log: list[Step] = field(default_factory=list)
    _first: int = 0
    _ahead: float = 0.0
    _began: float = 0.0
    _seed: dict[str, JSON] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._client = httpx.Client(transport=self.line.sync(), timeout=30, trust_env=False)

    def close(self) -> None:
        self._client.close()

    # ------------------------------------------------------------------ the mock's own door

    def begin(self) -> None:
        """A fresh mock, and a fresh model of it."""
        self.control("POST", "/reset")
        if not self._seed:
            stored = self.control("GET", f"/sites/{self.site}/orders")["orders"]
            self._seed = {order["orderId"]: order for order in stored}
        mine = frozenset({self.site, self.site_without_shop})
        self.world = World(
            sites={self.site: copy.copy(self._seed), self.site_without_shop: None, self.hidden_site: {}},
            tokens={self.token: Token(sites=mine), self.stranger: Token(sites=frozenset({self.hidden_site}))},
        )
        self.ids, self.touched, self._log = list(self._seed), "", []
        self.kinds = self.kinds or kinds_of(self._seed)
        self._first, self._ahead, self._began = len(self.line.requests), 0.0, time.monotonic()
        self.sequences += 1

    def control(self, method: str, path: str, body: JSON = None) -> JSON:
        answer = self._client.request(method, f"{self.base_url}/_mock{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def let_in(self, token: str) -> str:
        """Have the mock know a token with fewer rights, from its first use in a sequence on."""
        if token not in self.world.tokens:
            sites = [self.site, self.site_without_shop]
            scopes = {READER: [READ], WRITER: [WRITE]}.get(token, [READ, WRITE])
            plan = f"enterprise:{HASTY_LIMIT}" if token == HASTY else "enterprise"
            self._log.append((self.let_in, token))
            self.control("POST", "/tokens", {"token": token, "scopes": scopes, "sites": sites, "plan": plan})
            limit = HASTY_LIMIT if token == HASTY else Token.limit
            self.world.tokens[token] = Token(frozenset(scopes), frozenset(sites), limit)
        return token

    def seed_the_hidden_site(self, order: JSON = FOREIGN) -> str:
        orders = self.world.sites[self.hidden_site]
        if orders is not None and not orders:
            self._log.append((self.seed_the_hidden_site, order))
            self.control("POST", f"/sites/{self.hidden_site}/orders", order)
            orders[order["orderId"]] = dict(order)
        return str(order["orderId"])

    def wait_a_minute(self, seconds: int = 61) -> None:
        self._log.append((self.wait_a_minute, seconds))
        self.control("POST", "/clock", {"forward": seconds})
        self._ahead += seconds

    # ------------------------------------------------------------------ requests

    @property
    def out_of_time(self) -> bool:
        return time.monotonic() - self._began > PATIENCE

    def ask(self, operation: str, order: str = "", *, token: str | None = None, **more: Any) -> None:
        """Send a request, the default token's unless it says otherwise; raise Disagreement if need be."""
        more = {"site": self.site, "authorization": f"Bearer {token or self.token}", **more}
        self.put(Ask(operation=operation, order=order, **more))

    def put(self, ask: Ask) -> None:
        if self.out_of_time:
            return
        self._log.append((self.put, ask))
        due = self.world.due(ask, time.time() + self._ahead)
        answer = self._send(ask)
        self.compared[ask.operation] += 1
        wrong = list(self.wrong(ask, due, answer))
        if wrong:
            asked = f"{answer.request.method} {answer.request.url.raw_path.decode()[:200]}"
            complaint = f"{asked}: " + "; ".join(wrong[:4])
            self._remember(complaint)
            raise Disagreement(complaint)
        self.world.learn(ask, due, answer.json() if due.after is not None and self.exact else due.after)
        if due.after is not None:
            self.touched = ask.order

    def wrong(self, ask: Ask, due: Due, answer: httpx.Response) -> Iterable[str]:
        return complaints(ask, due, answer, exact=self.exact)

    def _remember(self, complaint: str) -> None:
        if self.failed is None or len(self._log) <= len(self.failed.steps):
            sent = self.line.requests[self._first :]
            self.failed = Failed(list(self._log), complaint, sent, self.line.told())

    def _send(self, ask: Ask) -> httpx.Response:
        method, template, _ = OPERATIONS[ask.operation]
        path = template.format(site=quote(ask.site, safe=""), order=quote(ask.order, safe="")) + ask.tail
        query = f"?{urlencode(ask.query)}" if ask.query else ""
        headers = {"Authorization": ask.authorization, "Accept-Version": ask.accept_version}
        sent = {name: value for name, value in headers.items() if value is not None}
        if ask.body.media_type is not None:
            sent["Content-Type"] = ask.body.media_type
        url = f"{self.base_url}{path}{query}"
        return self._client.request(ask.method or method, url, headers=sent, content=ask.body.content or None)

    def shorten(self) -> None:
        """Look for the shortest sequence that fails as the one did that was found."""
        if self.failed is None:
            return
        *before, last = self.failed.steps
        until = time.monotonic() + SHORTENING
        written = [entry for entry in before if entry[0] != self.put or not _reads(entry[1])]
        if self._fails([*written, last]):
            before = written
        # Pieces of half the sequence, then of a quarter, and so on to single steps.
        for size in [2**power for power in reversed(range(len(before).bit_length()))]:
            # The last first: what a token was used for goes before the token.
            for end in range(len(before), 0, -size):
                shorter = [*before[: max(0, end - size)], *before[end:]]
                if time.monotonic() < until and self._fails([*shorter, last]):
                    before = shorter

    def _fails(self, steps: Sequence[Step]) -> bool:
        """Whether these fail as well, at the last step and in the same way; if so, they are remembered."""
        known, self.failed = self.failed, None
        assert known is not None
        self.begin()
        with contextlib.suppress(Disagreement):
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
        sent = self.failed.requests if self.failed is not None else []
        return [
            curl(each.method, str(each.url), dict(each.headers), each.content, self.token) for each in sent
        ]


def _masked(complaint: str) -> str:
    """Without its numbers: a time stamp is another one in the next try."""
    return re.sub("[0-9]+", "0", complaint)


def trial_of_our_mock(base_url: str, site: str, token: str, line: Line, *, exact: bool = True) -> Trial:
    """`exact`: the mock tells orders as it stores them, which the `documented` dialect does not."""
    from webflow_orders_mock import MockWebflow

    return Trial(
        base_url=base_url,
        token=token,
        line=line,
        site=site,
        site_without_shop=MockWebflow.site_id_without_shop,
        hidden_site=MockWebflow.site_id_of_another,
        stranger=MockWebflow.token_of_another,
        exact=exact,
    )


def kinds_of(orders: Mapping[str, JSON]) -> list[list[str]]:
    """Orders that have their status and their way of payment in common."""
    found: dict[tuple[str, str], list[str]] = {}
    for order_id, order in orders.items():
        found.setdefault((order["status"], str(order.get("paymentProcessor"))), []).append(order_id)
    return list(found.values())


def _reads(ask: Ask) -> bool:
    return OPERATIONS[ask.operation][0] == "GET" and not ask.method
