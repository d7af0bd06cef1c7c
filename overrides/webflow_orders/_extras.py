"""What an import says when the extra that it needs is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needed_by(name: str, *, extra: str) -> Iterator[None]:
    """Around the imports of an extra. Raises ModuleNotFoundError that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if missing.startswith("webflow_orders."):
            raise
        message = f"{name} needs {missing}: pip install 'webflow-orders[{extra}]'"
        raise ModuleNotFoundError(message, name=error.name) from error
