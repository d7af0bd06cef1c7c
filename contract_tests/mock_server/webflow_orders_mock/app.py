"""MockWebflow: from a request to a response, and nothing else. Every door is an adapter to `handle`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, overload

from . import control, page, spec
from .account import Account
from .api import routes
from .api.admission import admit
from .api.errors import Refusal
from .api.limits import requests_per_minute
from .messages import Handler, Request, Response
from .orders.ledger import LedgerEntry
from .webhooks.registry import ORDER_CHANGED

if TYPE_CHECKING:
    from .http.adapters import Transport
    from .page.events import Message, Receive, Send


@dataclass(kw_only=True, repr=False, eq=False)
class MockWebflow(Account):
    """A stateful stand-in for the Orders API of one Webflow account.

    dialect: "observed" (as real orders are) or "documented" (as the docs pages say).
    plan: a plan of limits.PLANS, or "enterprise:<requests a minute>"; the default throttles nobody.
    path: an SQLite file that keeps orders, sites, webhooks and ledger; None keeps them in memory.
    clock: seconds since 1970; dates and rate limits follow it. sleep: what a delayed answer waits with.
    shop: whether to begin with the seeded orders. A file that has state already is not seeded.
    defect: the name of one thing to get wrong, from `defects.DEFECTS`; to see whether a test notices. It can be set
        and taken back (None) later, too.
    synthetic: so many orders instead of the seeded ones, worked out when they are asked for and held nowhere.
    deliver_anywhere: whether deliveries may leave this machine.

    Raises ValueError for an unknown dialect, plan or defect, and for synthetic orders with a file or a defect;
    DatabaseError for a file that is not ours or is in use.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self._spoiled: tuple[str, Handler] | None = None
        self._answering()

    def handle(self, request: Request) -> Response:
        """Answer one request. May be called from any thread.

        Raises InvalidAnswer when the answer would break the spec, which is a bug of the mock.
        """
        if page.owns(request):
            return page.answer(request)
        if control.owns(request.path):
            return control.answer(self, request)
        with self._lock:
            answer = self._answering()(request)
        self.webhooks.run()
        return answer

    @overload
    def transport(self, *, sleep: Callable[[float], object] | None = None) -> Transport: ...
    @overload
    def transport(self, library: ModuleType, *, sleep: Callable[[float], object] | None = None) -> Any: ...
    def transport(
        self, library: ModuleType | None = None, *, sleep: Callable[[float], object] | None = None
    ) -> Any:
        """For a client of httpx, sync or async: no socket, no thread. Any host will do.

        It answers a client of httpx2 as well; `transport(httpx2)` is also an instance of that library's classes.
        A delayed answer waits by `sleep`, by default the mock's own; where the mock has a clock that is not the
        machine's, that one is put forward instead. Who does not wait so long gets that library's ReadTimeout.
        """
        from .http import adapters

        passes = None if self.clock is time.time else self.forward
        return adapters.transport(library, self.handle, sleep or self.sleep or passes)

    async def asgi(self, scope: Message, receive: Receive, send: Send) -> None:
        """The mock as an ASGI application."""
        from .http.asgi import serve

        self.webhooks.start()
        await serve(self.handle, self, scope, receive, send)

    def _answering(self) -> Handler:
        """The one seam of defects: what answers a request is either the mock, or a defect around the mock."""
        if self.defect is None:
            return self._healthy
        if self._spoiled is None or self._spoiled[0] != self.defect:
            from .defects import spoiled

            self._spoiled = self.defect, spoiled(self.defect, self, self._healthy)
        return self._spoiled[1]

    def _healthy(self, request: Request) -> Response:
        now = self.now()
        route = routes.find(request.path)
        grant = self._grants.of(request.headers.get("authorization"))
        budget = self._limits.count(grant.token, grant.limit, now) if grant else None
        operation = route.operations.get(request.method) if route else None
        name, ids = operation.operation_id if operation else None, route.parameters if route else {}
        fault = self.faults.next(name, ids.get("order_id"))
        headers = {"Content-Type": "application/json", **(budget.headers() if budget else {})}
        call, refusal, body = None, None, b""
        try:
            if fault is None or fault.applied or not fault.status:
                call = admit(self.store, self.webhooks, self.dialect, request, route, grant, budget, now)
                body = routes.HANDLERS[call.operation.operation_id](call)
        except Refusal as refused:
            refusal = refused
        if fault is not None and fault.status:
            refusal = fault.refusal(budget.limit if budget else requests_per_minute(self.plan))
        if refusal is not None:
            version = route.version if route else spec.version_of(request.path)
            body = refusal.body(version, request.path)
            headers.update(refusal.headers)
        status = refusal.status if refusal is not None else operation.success if operation else 200
        is_applied = fault is None or fault.applied
        changed = call.changed if call is not None and is_applied else None
        is_write = call is not None and (call.changed or call.conclude) is not None
        if call is not None and call.conclude is not None:
            call.conclude(is_applied)
        if call is not None and changed is not None:
            self.store.put(call.site.site_id, changed)
        about = (name, status, is_write and is_applied, ids.get("site_id"), ids.get("order_id"))
        self.store.note(LedgerEntry(self.ledger.last_seq + 1, now, request.method, request.path, *about))
        if call is not None and changed is not None:
            self.webhooks.tell(ORDER_CHANGED, call.site.site_id, changed)
        if fault is not None and fault.is_cut:
            body = body[: len(body) // 2]
        if status == 204:
            del headers["Content-Type"]
        delay = fault.seconds if fault is not None and fault.status != 429 else 0.0
        return Response(status, headers, body, delay)
