"""How far an export is, in the terminal."""

from __future__ import annotations

import sys
from typing import Any


class Bar:
    """A bar in the terminal, where there is one and rich is installed."""

    def __init__(self, wanted: bool) -> None:
        self._progress: Any = None
        self._wanted = wanted and sys.stderr is not None and sys.stderr.isatty()

    def show(self, done: int, total: int | None) -> None:
        if self._wanted and self._progress is None:
            self._wanted = self._begin()
        if self._progress is not None:
            self._progress.update(self._task, completed=done, total=total)

    def _begin(self) -> bool:
        try:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
        except ModuleNotFoundError:
            return False
        columns = (TextColumn("orders"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task("orders", total=None)
        self._progress.start()
        return True

    def close(self) -> None:
        if self._progress is not None:
            self._progress.stop()
