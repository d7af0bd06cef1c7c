"""What a run is aimed at: a mock of its own for as long as the run lasts, or somebody's server."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from .description import Description
from .drive.restore import MARK
from .gateway.exchange import Server
from .gateway.guard import allowed
from .gateway.proxy import Gateway, Watcher
from .gateway.redact import Redactor
from .gateway.throttle import Throttle, Waiter
from .settings import Settings

AGAIN = (
    "The mock is gone by now. `python -m webflow_orders_mock --port {port}` brings it back as it was, "
    "and says which token to put into WEBFLOW_TOKEN."
)


@dataclass(frozen=True, kw_only=True)
class Target:
    """`name` says to people what it is, and `again` how to bring it back when the run is over.

    A POST to `reset` makes it start over, if it can. `knows_all`: it is our mock, of which the model knows all.
    """

    server: Server
    name: str
    reset: str | None = None
    again: str = ""
    knows_all: bool = False


@contextmanager
def aimed(settings: Settings) -> Iterator[Target]:
    """The target that the settings name, or a mock on a free port of 127.0.0.1, stopped afterwards."""
    if settings.target is not None:
        assert settings.site is not None
        assert settings.token is not None
        url = settings.target.rstrip("/")
        others = {os.environ[name]: f"${name}" for name in settings.other_tokens if name is not None}
        server = Server(base_url=url, site=settings.site, token=settings.token, others=others)
        yield Target(server=server, name=url, reset=settings.reset)
        return
    from webflow_orders_mock import MockServer, MockWebflow

    mock = MockWebflow(dialect=settings.dialect)
    with MockServer(mock) as served:
        # Schemathesis begins with a request that is no HTTP, to see what the server does; its remark would puzzle.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        yield Target(
            server=Server(base_url=served.url, site=mock.site_id, token=mock.token),
            name=f"Our mock ({settings.dialect})",
            reset=served.url + "/_mock/reset",
            again=AGAIN.format(port=served.url.rsplit(":", 1)[-1]),
            knows_all=True,
        )


def gateway_to(
    target: Target, settings: Settings, description: Description, watchers: Sequence[Watcher]
) -> Gateway:
    """The way there. To a shop: guarded, paced, and without a customer's data."""
    if settings.is_ours:
        return Gateway(target.server, reset=target.reset, waiter=Waiter(), watchers=watchers)
    return Gateway(
        target.server,
        allow=allowed(settings.write, settings.refund),
        throttle=Throttle(settings.interval, reserve=settings.reserve),
        redactor=Redactor(description, ours=[MARK]),
        watchers=watchers,
    )
