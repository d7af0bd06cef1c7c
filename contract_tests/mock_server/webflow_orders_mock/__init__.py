"""A stateful mock of Webflow's Ecommerce Orders API: in process, as a pytest fixture, or over HTTP.

    with httpx.Client(transport=MockWebflow().transport()) as client: ...

Its README.md begins with what it does not do.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .app import MockWebflow as MockWebflow
    from .builder import extra as extra
    from .builder import item as item
    from .builder import order as order
    from .database import DatabaseError as DatabaseError
    from .ledger import LedgerEntry as LedgerEntry
    from .lifecycle import TRANSITIONS as TRANSITIONS
    from .messages import InvalidAnswer as InvalidAnswer
    from .messages import Request as Request
    from .messages import Response as Response
    from .routes import OPERATIONS as OPERATIONS
    from .server import MockServer as MockServer
    from .store import InvalidOrder as InvalidOrder

_HOME = {
    "DatabaseError": "database",
    "InvalidAnswer": "messages",
    "InvalidOrder": "store",
    "LedgerEntry": "ledger",
    "MockServer": "server",
    "MockWebflow": "app",
    "OPERATIONS": "routes",
    "Request": "messages",
    "Response": "messages",
    "TRANSITIONS": "lifecycle",
    "extra": "builder",
    "item": "builder",
    "order": "builder",
}
__all__ = [
    "OPERATIONS",
    "TRANSITIONS",
    "DatabaseError",
    "InvalidAnswer",
    "InvalidOrder",
    "LedgerEntry",
    "MockServer",
    "MockWebflow",
    "Request",
    "Response",
    "extra",
    "item",
    "order",
]


def __getattr__(name: str) -> Any:
    # pytest imports this package at every start-up to find the fixtures, also where the `testing` extra is
    # not installed. So pydantic and uvicorn are imported with the first name that is asked for.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
