"""Who gets in: the checks that every request passes, in this one order.

    404  the path leads nowhere
    405  the path does not know the method (before the token: `Allow` is no secret)
    401  there is no valid token
    429  the token has used up its minute; every request of a known token counts, whatever it is answered
    403  v2: the token lacks the scope
    400  an id in the path is malformed; v1: the wrong Accept-Version
    404  no such site (or webhook, where only its id is given), or none that the token may see
    409  orders: the site has no shop (v1 knows no 409: 404)
    400  the query or the body is malformed      \\
    404  no such order                            > these three: the operation itself
    409  the order's status does not allow it    /    (or the site has its 75 webhooks)

Documented are the statuses; which comes first is assumed, nobody publishes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..messages import Request
from ..orders.dialects import Dialect, StoredOrder
from ..orders.store import Site, Store
from ..spec import Operation, Version
from ..webhooks.registry import Registry, Webhook
from . import errors
from .auth import Grant
from .limits import Budget
from .validation import check_version


@dataclass(frozen=True, slots=True)
class Route:
    """A path that exists: its operations by method, its parameters, decoded, and what is wrong with those."""

    operations: Mapping[str, Operation]
    parameters: Mapping[str, str]
    wrong: tuple[tuple[str, str], ...]
    version: Version


@dataclass(slots=True)
class Call:
    """A request that was let in. The operation leaves in `changed` what it wants stored.

    Or it leaves in `conclude` what is to be done when it is known whether the request is carried out.
    """

    request: Request
    operation: Operation
    site: Site
    parameters: Mapping[str, str]
    dialect: Dialect
    now: float
    webhooks: Registry
    changed: StoredOrder | None = None
    conclude: Callable[[bool], object] | None = None

    def order(self) -> StoredOrder:
        """The order that the path names. Raises a Refusal (404)."""
        stored = self.site.orders.get(self.parameters["order_id"])
        if stored is None:
            raise errors.not_found("order")
        return stored

    def webhook(self) -> Webhook:
        """The webhook that the path names. Raises a Refusal (404)."""
        return _webhook(self.webhooks, self.parameters)


def admit(
    store: Store,
    webhooks: Registry,
    dialect: Dialect,
    request: Request,
    route: Route | None,
    grant: Grant | None,
    budget: Budget | None,
    now: float,
) -> Call:
    """Let a request in, or raise a Refusal."""
    if route is None:
        raise errors.not_found("route")
    operation = route.operations.get(request.method)
    if operation is None:
        raise errors.method_not_allowed(", ".join(sorted(route.operations)))
    if grant is None or budget is None:
        raise errors.not_authorized()
    if budget.exceeded:
        raise errors.too_many_requests(budget.retry_after)
    if operation.scope is not None and operation.scope not in grant.scopes:
        raise errors.missing_scope(operation.scope)
    if route.wrong:
        raise errors.invalid(*route.wrong)
    if operation.version == "v1":
        check_version(request.headers)
    by_id = "site_id" not in route.parameters
    site_id = _webhook(webhooks, route.parameters).site_id if by_id else route.parameters["site_id"]
    site = store.sites.get(site_id)
    if site is None or not grant.sees(site_id):
        raise errors.not_found("webhook" if by_id else "site")
    if not (site.shop or operation.is_about("webhook")):
        raise errors.no_shop() if route.version == "v2" else errors.not_found("site")
    return Call(request, operation, site, route.parameters, dialect, now, webhooks)


def _webhook(webhooks: Registry, parameters: Mapping[str, str]) -> Webhook:
    found = webhooks.get(parameters["webhook_id"])
    if found is None:
        raise errors.not_found("webhook")
    return found
