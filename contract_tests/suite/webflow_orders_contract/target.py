"""What a run is aimed at: a mock of its own for as long as the run lasts, or somebody's server."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from . import spec, undo, writes
from .curl import redacted
from .gate import Gate
from .pace import Pace
from .record import Recorder
from .redact import Redactor
from .settings import Settings, UsageError
from .shapes import Shapes
from .transport import Line
from .undo import Undo

# Each status has its own behaviour; the two that can be changed are wanted more often.
FROM_EACH_STATUS, FROM_CHANGEABLE = 1, 4
CHANGEABLE = ("unfulfilled", "fulfilled")
RECORDING = "recording.ndjson"
AGAIN = (
    "The mock is gone by now. `python -m webflow_orders_mock --port {port}` brings it back as it was, "
    "and says which token to put into WEBFLOW_TOKEN."
)


@dataclass(frozen=True, kw_only=True)
class Target:
    """`is_ours`: it may be fuzzed and written to. A POST to `reset` makes it start over, if it can.

    `name` says to people what it is, and `again` how to bring it back when the run is over.
    """

    base_url: str
    site: str
    token: str
    name: str
    is_ours: bool = False
    reset: str | None = None
    again: str = ""

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
        url = settings.target.rstrip("/")
        yield Target(
            base_url=url,
            site=settings.site,
            token=settings.token,
            name=url,
            is_ours=settings.own_server,
            reset=settings.reset,
        )
        return
    from webflow_orders_mock import MockServer, MockWebflow

    mock = MockWebflow(dialect=settings.dialect)
    with MockServer(mock) as server:
        # Schemathesis begins with a request that is no HTTP, to see what the server does; its remark would puzzle.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        yield Target(
            base_url=server.url,
            site=mock.site_id,
            token=mock.token,
            name=f"Our mock ({settings.dialect})",
            is_ours=True,
            reset=server.url + "/_mock/reset",
            again=AGAIN.format(port=server.url.rsplit(":", 1)[-1]),
        )


def line_to(target: Target, settings: Settings, description: Path, folder: Path) -> Line:
    """The way there. To a server that is not ours: gated, paced, recorded, and without a customer's data."""
    if target.is_ours and not settings.record:
        return Line(token=target.token)
    shapes = Shapes(spec.document(description))
    recorder = Recorder(folder / RECORDING, shapes=shapes)
    if target.is_ours:
        return Line(token=target.token, recorder=recorder)
    return Line(
        token=target.token,
        gate=Gate(target.base_url, writes.allowed(settings.write, settings.refund)),
        pace=Pace(settings.interval, reserve=settings.reserve),
        redactor=Redactor(shapes, ours=[undo.MARK]),
        recorder=recorder,
    )


def undo_for(target: Target, settings: Settings, line: Line) -> Undo | None:
    """What puts the order back that may be written to, after what an earlier run left behind has been put back."""
    if target.is_ours:
        return None
    folder = undo.folder_of(dict(os.environ), settings.state)
    left = undo.pending(folder, target.base_url, target.site)
    others = ", ".join(order for order in left if order != settings.write)
    if others and settings.write:
        raise UsageError(f"An earlier run left {others} changed. Put that back first, with --write {others}.")
    if not settings.write:
        if others:
            print(f"An earlier run left {others} changed; --write {others} puts it back.", file=sys.stderr)
        return None
    found = Undo(
        base_url=target.base_url,
        site=target.site,
        order=settings.write,
        token=target.token,
        line=line,
        folder=folder,
    )
    if found.put_back():
        print(f"Order {settings.write} is as it was before the run that was cut short.", file=sys.stderr)
    return found


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
