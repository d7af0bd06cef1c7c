"""Places for worker threads, beside those of anyio's own, which may all be taken by what waits for this work."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anyio import CapacityLimiter
    from anyio.lowlevel import RunVar

# Of an event loop at once, for each purpose: as many as anyio has for all.
MOST = 40


def places(purpose: str) -> CapacityLimiter:
    import anyio  # Not for who blocks.

    try:
        return _places(purpose).get()
    except LookupError:
        made = anyio.CapacityLimiter(MOST)
        _places(purpose).set(made)
        return made


@functools.cache
def _places(purpose: str) -> RunVar[CapacityLimiter]:
    from anyio.lowlevel import RunVar

    return RunVar(f"webflow_orders {purpose}")
