"""What the sync and the async client share: everything about a call but the waiting."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

import httpx
from attrs import field, frozen
from webflow_orders_generated.client.client import Request
from webflow_orders_generated.client.errors import UnexpectedBody

from . import _checks, errors
from ._version import __version__

T = TypeVar("T")

API_URL = "https://api.webflow.com"

log = logging.getLogger("webflow_orders")
log.addHandler(logging.NullHandler())


@frozen(kw_only=True)
class Operation(Generic[T]):
    """A request, and how its answer is read. `order_id` is the one that the answer must be about."""

    request: Request
    parse: Callable[[bytes], T]
    order_id: str | None = None

    @property
    def safe(self) -> bool:
        """Whether it can be repeated without a second effect."""
        return self.request.method == "GET"

    @property
    def call(self) -> errors.Call:
        query = f"?{urlencode(self.request.params)}" if self.request.params else ""
        return errors.Call(
            operation=self.request.operation, method=self.request.method, path=self.request.path + query
        )


@frozen(kw_only=True)
class Connection:
    """Where to and as whom. Its repr has no token."""

    base_url: str
    token: str = field(repr=False)
    timeout: float

    @classmethod
    def checked(cls, *, token: str | None, base_url: str, allow_http: bool, timeout: float) -> Connection:
        return cls(
            base_url=_checks.base_url(base_url, allow_http=allow_http),
            token=_checks.token(token),
            timeout=_checks.seconds(timeout, "timeout"),
        )

    def client_arguments(self) -> dict[str, Any]:
        """For httpx.Client and httpx.AsyncClient alike."""
        return {
            "timeout": self.timeout,
            "headers": {
                "Authorization": f"Bearer {self.token}",
                "Accept": "application/json",
                "User-Agent": f"webflow-orders/{__version__}",
            },
            # As many idle connections as busy ones: fewer, and threads beyond them reconnect for every call.
            "limits": httpx.Limits(max_connections=100, max_keepalive_connections=100),
            "follow_redirects": False,
        }

    def request_arguments(self, request: Request) -> dict[str, Any]:
        arguments: dict[str, Any] = {"method": request.method, "url": self.base_url + request.path}
        given = {"params": request.params, "headers": request.headers, "json": request.json}
        return arguments | {
            name: value for name, value in given.items() if value not in (None, {}) or name == "json"
        }

    def read(self, operation: Operation[T], response: httpx.Response, started: float) -> T:
        """The parsed body of a success. Raises `APIStatusError` or `ResponseDecodeError`."""
        call = operation.call
        raw = errors.RawResponse(
            status_code=response.status_code, headers=dict(response.headers), content=response.content
        )
        log.debug("%s %d in %d ms", call, raw.status_code, (perf_counter() - started) * 1000)
        if not response.is_success:
            raise errors.from_response(raw, call, secret=self.token)
        try:
            parsed = operation.parse(raw.content)
        except UnexpectedBody as error:
            accepted = "" if operation.safe else "the write was accepted, but "
            raise errors.ResponseDecodeError(
                f"{accepted}its answer is {error}", call=call, raw=raw
            ) from error
        answered = getattr(parsed, "order_id", None)
        if operation.order_id is not None and answered != operation.order_id:
            raise errors.ResponseDecodeError(
                f"the answer is about order {str(answered)[:80]!r}, not {operation.order_id!r}",
                call=call,
                raw=raw,
            )
        return parsed


def lost(
    error: httpx.RequestError, call: errors.Call, headers: Mapping[str, str] | None = None
) -> errors.APIConnectionError:
    """The error for an exchange that httpx could not finish."""
    sent = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    kind = errors.APITimeoutError if isinstance(error, httpx.TimeoutException) else errors.APIConnectionError
    reason = errors.one_line(str(error)) or type(error).__name__
    return kind(f"{type(error).__name__}: {reason}", call=call, sent=sent)
