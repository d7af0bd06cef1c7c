"""What an import says when the extra that it needs is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needed_by(name: str, *, extra: str | None) -> Iterator[None]:
    """Around the imports of an extra, or of the core. Raises ModuleNotFoundError that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing == "webflow_orders":
            raise
        remedy = f"'webflow-orders[{extra}]'" if extra else missing
        message = f"{name} needs {missing}: pip install {remedy}"
        raise ModuleNotFoundError(message, name=error.name) from error
