"""A terminal of its own for a program: what it shows, and what is typed there."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from typing import Self

COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """The command, in a pseudo-terminal that is so wide."""

    def __init__(self, *words: str, width: int = 80, **environment: str) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
        scrubbed = {
            name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "CI")
        }

        self.process = subprocess.Popen(
            [sys.executable, "-m", "webflow_orders_cli", *words],
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env=scrubbed | {"TERM": "xterm-256color", "PYTHONPATH": os.pathsep.join(sys.path)} | environment,
        )  # fmt: skip
        os.close(theirs)
        self.raw = ""
        # A letter may be in two pieces.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    @property
    def text(self) -> str:
        """What was shown so far, without colours."""
        return COLOURS.sub("", self.raw).replace("\r\n", "\n")

    def until(self, is_there: Callable[[str], bool] | str) -> str:
        """Read until it is there, or the program has ended."""
        check = (lambda text: is_there in text) if isinstance(is_there, str) else is_there
        while not check(self.text):
            try:
                more = os.read(self._ours, 65536)
            except OSError:  # Nobody has the other end any more.
                more = b""
            if not more:
                break
            self.raw += self._decoder.decode(more)
        return self.text

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def interrupt(self) -> None:
        """Ctrl-C, as a terminal passes it on."""
        self.process.send_signal(signal.SIGINT)

    def end(self) -> int:
        """Read all that is left; the status."""
        self.until(lambda text: False)
        return self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        os.close(self._ours)
