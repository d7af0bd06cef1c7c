"""Which orders to ask for: something of every status, from the first page."""

from __future__ import annotations

from urllib.parse import urlsplit

from ..gateway.exchange import Answer
from ..gateway.proxy import Gateway, NoAnswer
from ..settings import UsageError

# Each status has its own behaviour; the two that can be changed are wanted more often.
FROM_EACH_STATUS, FROM_CHANGEABLE = 1, 4
CHANGEABLE = ("unfulfilled", "fulfilled")


def known_orders(gateway: Gateway) -> list[str]:
    """Ids of orders that the server has. Raises UsageError if it can not be asked, or has none."""
    site = gateway.server.site
    path = f"/v2/sites/{site}/orders"
    host = gateway.server.host
    try:
        answer = gateway.request("GET", path)
    except NoAnswer as error:
        raise UsageError(f"No answer from {host}: {error}") from None
    if answer.status != 200:
        raise UsageError(
            f"{_refusal(answer, host, site)} (GET {urlsplit(gateway.server.base_url).path}{path})"
        )
    page = answer.json
    orders = page.get("orders") if isinstance(page, dict) else None
    if not isinstance(orders, list):
        raise UsageError(f"{host} answers, but not with a page of orders; is it the API?")
    by_status: dict[str, list[str]] = {}
    for order in orders:
        if isinstance(order, dict) and isinstance(order.get("orderId"), str):
            by_status.setdefault(str(order.get("status")), []).append(order["orderId"])
    if not by_status:
        raise UsageError(f"Site {site} has no orders, so there is nothing to check.")
    return [
        order
        for status, ids in by_status.items()
        for order in ids[: FROM_CHANGEABLE if status in CHANGEABLE else FROM_EACH_STATUS]
    ]


def _refusal(answer: Answer, host: str, site: str) -> str:
    known = {
        401: "does not accept the token in WEBFLOW_TOKEN",
        403: "accepts the token, but it lacks the scope ecommerce:read",
        404: f"knows no site {site}, or none that this token may see",
        409: f"says that site {site} has no shop",
        429: "has had too many requests; try again in a minute",
    }
    return f"{host} {known.get(answer.status, f'answers {answer.status}')}."
