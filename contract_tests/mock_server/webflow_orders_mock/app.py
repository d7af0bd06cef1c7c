"""MockWebflow: from a request to a response, and nothing else. Every door is an adapter to `handle`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import control, routes, spec
from . import shop as seeded
from .auth import DEFAULT_TOKEN, OTHER_TOKEN, READ, WRITE, Grants
from .database import Database
from .dialects import DIALECTS, Dialect
from .errors import Refusal
from .exchange import Call, Route, admit
from .faults import Faults
from .ledger import Ledger, LedgerEntry
from .limits import RateLimits, requests_per_minute
from .messages import Request, Response
from .store import Orders, Store, entry_of

if TYPE_CHECKING:
    from .adapters import Transport
    from .asgi import Message, Receive, Send

UNTHROTTLED = "enterprise"


class MockWebflow:
    """A stateful stand-in for the Orders API of one Webflow account.

    dialect: "observed" (as real orders are) or "documented" (as the docs pages say).
    plan: a plan of limits.PLANS, or "enterprise:<requests a minute>"; the default throttles nobody.
    path: an SQLite file that keeps orders, sites and ledger; None keeps them in memory.
    clock: seconds since 1970; dates and rate limits follow it. sleep: what a delayed answer waits with.
    shop: whether to begin with the seeded orders. A file that has state already is not seeded.
    defect: the name of one thing to get wrong, from `defects.DEFECTS`; to see whether a test notices.
    synthetic: so many orders instead of the seeded ones, worked out when they are asked for and held nowhere.

    Raises ValueError for an unknown dialect, plan or defect, and for synthetic orders with a file or a defect;
    DatabaseError for a file that is not ours or is in use.
    """

    site_id = seeded.SITE
    site_id_without_shop = seeded.SITE_WITHOUT_SHOP
    site_id_of_another = seeded.SITE_OF_ANOTHER
    token_of_another = OTHER_TOKEN

    def __init__(
        self,
        *,
        dialect: Dialect = "observed",
        plan: str = UNTHROTTLED,
        path: str | Path | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] | None = None,
        shop: bool = True,
        token: str = DEFAULT_TOKEN,
        defect: str | None = None,
        synthetic: int = 0,
    ) -> None:
        if dialect not in DIALECTS:
            raise ValueError(f"there is no dialect {dialect!r}; known are {', '.join(DIALECTS)}")
        if synthetic and (path is not None or defect is not None):
            raise ValueError("synthetic orders go with neither a file nor a defect")
        self.dialect: Dialect = dialect
        self.plan, self.token, self.defect, self.faults = plan, token, defect, Faults()
        self._clock, self._shop, self._synthetic, self.sleep = clock, shop, synthetic, sleep
        self._ahead = 0.0
        self._lock = threading.RLock()
        self._limits, self._grants = RateLimits(), Grants()
        # The one seam of defects: what answers a request is either the mock, or a defect around the mock.
        self._answer = self._exchange if defect is None else self._spoiled(defect)
        self.add_token(token, hidden=[self.site_id_of_another])
        self.add_token(self.token_of_another, sites=[self.site_id_of_another])
        database = Database(Path(path)) if path is not None else None
        self._store = Store(database)
        self.orders = Orders(self._store)
        if database is None or database.fresh:
            self.reset()

    # ------------------------------------------------------------------ state

    @property
    def ledger(self) -> Ledger:
        """Every API request in order; see LedgerEntry."""
        return self._store.ledger

    @property
    def store(self) -> Store:
        return self._store

    def add_token(
        self,
        token: str,
        *,
        scopes: Iterable[str] = (READ, WRITE),
        sites: Iterable[str] | None = None,
        plan: str | None = None,
        hidden: Iterable[str] = (),
    ) -> str:
        """Let one more token in, or change one. `sites` None: all. `reset` keeps it. Raises ValueError."""
        self._grants.add(token, plan=plan or self.plan, scopes=scopes, sites=sites, hidden=hidden)
        return token

    def add_site(self, site_id: str, *, shop: bool = True) -> None:
        """Make a site, or empty it. Without a shop it answers 409. Raises ValueError for a malformed id."""
        if not spec.fits("site_id", site_id):
            raise ValueError(f"a site id must match {spec.pattern('site_id')}")
        with self._lock:
            self._store.add_site(site_id, shop=shop)
            self._store.commit()

    def seed(self, site_id: str, *orders: Mapping[str, Any]) -> None:
        """Add orders, or replace those with the same id; a site that has no shop yet gets one.

        An order is what `order(...)` returns, or any dict that the spec's `Order` allows. All are stored or
        none. Raises InvalidOrder (a ValueError).
        """
        entries = [entry_of(order, self.dialect) for order in orders]
        with self._lock:
            if site_id not in self._store.sites or not self._store.sites[site_id].shop:
                self.add_site(site_id)
            for entry in entries:
                self._store.put(site_id, entry)
            self._store.commit()

    def reset(self) -> None:
        """Back to the beginning: the seeded orders, an empty ledger, no faults, fresh rate limits."""
        with self._lock:
            self.faults.clear()
            self._limits.clear()
            self._ahead = 0.0
            self._store.clear()
            self._store.add_site(self.site_id, synthetic=self._synthetic)
            self._store.add_site(self.site_id_without_shop, shop=False)
            self._store.add_site(self.site_id_of_another)
            for entry in seeded.entries() if self._shop and not self._synthetic else ():
                self._store.put(self.site_id, entry)
            self._store.commit()

    def now(self) -> float:
        """What the clock says, and what it was put forward."""
        return self._clock() + self._ahead

    def forward(self, seconds: float) -> None:
        """Let time pass at once. `reset` takes it back. Raises ValueError for a step back."""
        if not 0 <= seconds <= 86400:
            raise ValueError("time goes forward, by a day at the most")
        with self._lock:
            self._ahead += seconds

    def close(self) -> None:
        """Write what is left to the file and close it. Without a file, nothing."""
        with self._lock:
            self._store.close()

    # ------------------------------------------------------------------ doors

    def handle(self, request: Request) -> Response:
        """Answer one request. May be called from any thread.

        Raises InvalidAnswer when the answer would break the spec, which is a bug of the mock.
        """
        with self._lock:
            if control.owns(request.path):
                return control.answer(self, request)
            return self._answer(request)

    def transport(self) -> Transport:
        """For `httpx.Client` and `httpx.AsyncClient` alike: no socket, no thread."""
        from .adapters import Transport

        return Transport(self)

    async def asgi(self, scope: Message, receive: Receive, send: Send) -> None:
        """The mock as an ASGI application."""
        from .asgi import serve_asgi

        await serve_asgi(self, scope, receive, send)

    # ------------------------------------------------------------------ one request

    def _spoiled(self, defect: str) -> Callable[[Request], Response]:
        from .defects import spoiled

        return spoiled(defect, self, self._exchange)

    def _exchange(self, request: Request) -> Response:
        now = self.now()
        route = routes.find(request.path)
        grant = self._grants.of(request.headers.get("authorization"))
        budget = self._limits.count(grant.token, grant.limit, now) if grant else None
        fault = self.faults.next()
        headers = {"Content-Type": "application/json", **(budget.headers() if budget else {})}
        call = None
        try:
            if fault and fault.status:
                raise fault.refusal(budget.limit if budget else requests_per_minute(self.plan))
            call = admit(self._store, self.dialect, request, route, grant, budget, now)
            body, status = call.operation.handler(call), 200
        except Refusal as refusal:
            version = route.version if route else routes.version_of(request.path)
            body, status = refusal.body(version, request.path), refusal.status
            headers.update(refusal.headers)
        self._note(request, route, call, status, now)
        if fault and fault.kind == "malformed":
            body = body[: len(body) // 2]
        return Response(status, headers, body, fault.seconds if fault and fault.kind == "latency" else 0.0)

    def _note(
        self, request: Request, route: Route | None, call: Call | None, status: int, now: float
    ) -> None:
        operation = route.operations.get(request.method) if route else None
        ids = route.parameters if route else {}
        changed = call.changed if call else None
        if call is not None and changed is not None:
            self._store.put(call.site.site_id, changed)
        self._store.note(
            LedgerEntry(
                seq=self.ledger.last_seq + 1,
                at=now,
                method=request.method,
                path=request.path,
                operation_id=operation.operation_id if operation else None,
                status=status,
                applied=changed is not None,
                site_id=ids.get("site_id"),
                order_id=ids.get("order_id"),
            )
        )
