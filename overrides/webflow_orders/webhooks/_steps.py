"""What a receiver does, as steps: each is called by the one that blocks, and awaited by the one that awaits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Step(NamedTuple):
    """Something to be called. What belongs to the store must not be cancelled on its way."""

    call: Callable[[], Any]
    is_store: bool = False
