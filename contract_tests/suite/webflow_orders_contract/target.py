"""What a run is aimed at: a mock of its own for as long as the run lasts, or somebody's server."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from .curl import redacted
from .settings import Settings, UsageError
from .transport import Line

# Each status has its own behaviour; the two that can be changed are wanted more often.
FROM_EACH_STATUS, FROM_CHANGEABLE = 1, 4
CHANGEABLE = ("unfulfilled", "fulfilled")


@dataclass(frozen=True, kw_only=True)
class Target:
    """`reset` makes a mock start over; it is None for a server that is not ours."""

    base_url: str
    site: str
    token: str
    reset: str | None = None

    @property
    def is_ours(self) -> bool:
        return self.reset is not None

    def start_over(self) -> None:
        if self.reset is None:
            return
        try:
            httpx.post(self.reset, timeout=10, trust_env=False).raise_for_status()
        except httpx.HTTPError as error:
            raise UsageError(f"The mock does not start over: {error}") from None


@contextmanager
def aimed(settings: Settings) -> Iterator[Target]:
    """The target that the settings name, or a mock on a free port of 127.0.0.1, stopped afterwards."""
    if settings.target is not None:
        assert settings.site is not None
        assert settings.token is not None
        yield Target(base_url=settings.target.rstrip("/"), site=settings.site, token=settings.token)
        return
    from webflow_orders_mock import MockServer, MockWebflow

    mock = MockWebflow(dialect=settings.dialect)
    with MockServer(mock) as server:
        # Schemathesis begins with a request that is no HTTP, to see what the server does; its remark would puzzle.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        reset = server.url + "/_mock/reset"
        yield Target(base_url=server.url, site=mock.site_id, token=mock.token, reset=reset)


def known_orders(target: Target, line: Line) -> list[str]:
    """Ids of orders to ask for, from the first page: something of every status."""
    by_status: dict[str, list[str]] = {}
    for order in _first_page(target, line):
        if isinstance(order, dict) and isinstance(order.get("orderId"), str):
            by_status.setdefault(str(order.get("status")), []).append(order["orderId"])
    if not by_status:
        raise UsageError(f"Site {target.site} has no orders, so there is nothing to check.")
    return [
        order
        for status, orders in by_status.items()
        for order in orders[: FROM_CHANGEABLE if status in CHANGEABLE else FROM_EACH_STATUS]
    ]


def _first_page(target: Target, line: Line) -> Sequence[Any]:
    url = f"{target.base_url}/v2/sites/{target.site}/orders"
    host = urlsplit(target.base_url).netloc
    try:
        with httpx.Client(transport=line.sync(), timeout=30, follow_redirects=False) as client:
            answer = client.get(url, headers={"Authorization": f"Bearer {target.token}"})
    except httpx.HTTPError as error:
        raise UsageError(redacted(f"No answer from {host}: {error}", target.token)) from None
    if answer.status_code != 200:
        raise UsageError(f"{_refusal(answer.status_code, host, target.site)} (GET {urlsplit(url).path})")
    try:
        orders = answer.json()["orders"]
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
        orders = None
    if not isinstance(orders, list):
        raise UsageError(f"{host} answers, but not with a page of orders; is it the API?")
    return orders


def _refusal(status: int, host: str, site: str) -> str:
    known = {
        401: "does not accept the token in WEBFLOW_TOKEN",
        403: "accepts the token, but it lacks the scope ecommerce:read",
        404: f"knows no site {site}, or none that this token may see",
        409: f"says that site {site} has no shop",
        429: "has had too many requests; try again in a minute",
    }
    return f"{host} {known.get(status, f'answers {status}')}."
