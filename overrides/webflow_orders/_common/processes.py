"""Whether a process lives, and whether it is the one that was meant."""

from __future__ import annotations

import contextlib
import functools
import os
from pathlib import Path


def is_alive(process: int, born: str) -> bool:
    """Whether the process that had this id, and was born then, is still there."""
    if os.name == "nt":
        return process == os.getpid()  # There, a signal of 0 is not only a question.
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # Another user's.
    return birth_of(process) == born


def birth_of(process: int) -> str:
    """When a process began, where /proc tells: in a container, the next one has the same id."""
    try:
        _, _, rest = Path(f"/proc/{process}/stat").read_text("ascii", "replace").rpartition(")")
        state, *fields = rest.split()
    except (OSError, ValueError):
        return ""
    return "" if state in "ZX" else f"{_boot()} {fields[18]}"


@functools.cache
def _boot() -> str:
    with contextlib.suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return ""
