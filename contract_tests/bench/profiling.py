"""Where the time of one row goes, for ours."""

from __future__ import annotations

import io
import json
import pstats
import tempfile
from pathlib import Path
from typing import Any

from .environments import BENCH, python_of, run
from .rows import TABLE, group_of

LINES = 25

# So that what is imported at the beginning is a small part of it.
LONGER = {"seconds": 1.0, "wire_seconds": 3.0, "gets": 2000}


def of(row: str, peer: str, folder: Path, url: str, options: dict[str, Any]) -> str:
    """The top of cProfile. It makes calls dearer than they are, so it says where, not how much."""
    try:
        group = group_of(row)
    except KeyError:
        raise SystemExit(
            f"no row {row!r}; there are {', '.join(sorted({each.name for each in TABLE}))}"
        ) from None
    with tempfile.TemporaryDirectory() as scratch:
        found = Path(scratch) / "profile"
        script = [str(BENCH / "workers" / "run.py"), group, "ours", str(folder), "documented", url]
        profiled = [str(python_of(peer)), "-m", "cProfile", "-o", str(found)]
        run([*profiled, *script, json.dumps({**options, **LONGER, "row": row})])
        return "\n".join(_top(found, order) for order in ("tottime", "cumulative"))


def _top(found: Path, order: str) -> str:
    out = io.StringIO()
    pstats.Stats(str(found), stream=out).strip_dirs().sort_stats(order).print_stats(LINES)
    return out.getvalue()
