"""Files of a database that are their owner's alone to read."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_lock = threading.RLock()  # Reentrant, for handlers of signals.


def make(path: Path) -> None:
    """Make the file if it is not there. Raises FileExistsError for what is no regular file.

    One that is there is not opened: to close it again would take away the locks that other connections of this
    process have on it, and another process would take its write-ahead log for one that nobody needs, and remove it.
    """
    with _lock, contextlib.suppress(FileExistsError):  # Nobody connects to it before it is closed.
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
        os.close(os.open(path, flags, 0o600))
    if not stat.S_ISREG(path.lstat().st_mode):  # To open a pipe or a device can do something already.
        what = "it is no regular file, but a link, a folder, a pipe or a device: name the file itself"
        raise FileExistsError(errno.EEXIST, what, str(path))


def keep_private(path: Path) -> None:
    """Take the leave of others away, to read a file that was there and what SQLite keeps beside it."""
    for each in (path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm"))):
        with contextlib.suppress(FileNotFoundError):
            if each.lstat().st_mode & 0o077:
                each.chmod(0o600)


def identity(path: Path) -> tuple[int, int] | None:
    """What tells the file that has this name from another one; None if there is none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@functools.cache
def self_closing() -> type[sqlite3.Connection]:
    """A connection that closes itself, for a line of ours may be interrupted; Python 3.13 warns of one left open."""
    import sqlite3

    return type("Connection", (sqlite3.Connection,), {"__del__": sqlite3.Connection.close})


def _after_fork() -> None:
    global _lock
    _lock = threading.RLock()  # A thread of the parent may have held it.


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
