"""A body, piece by piece, within a number of bytes."""

from __future__ import annotations

import zlib

from ..errors import Incomplete

# The only coding that is asked for: its decoder can be told when to stop.
ACCEPTED_CODING = "gzip"


class BodyError(Exception):
    """The body cannot be taken; `why` in a word."""

    def __init__(self, why: Incomplete, detail: str) -> None:
        self.why = why
        super().__init__(detail)


class Body:
    """Takes the pieces of a body as they came, and gives them back decoded.

    A few hundred kilobytes of gzip can inflate to gigabytes, so the decoder is never let past the limit.
    """

    def __init__(self, coding: str | None, most: int) -> None:
        self._most = most
        self._pieces: list[bytes] = []
        self._size = 0
        self._began = False
        name = (coding or "identity").strip().lower()
        if name not in ("identity", "gzip", "x-gzip"):
            raise BodyError("miscoded", f"the body is coded as {name[:20]!r}, which was not asked for")
        # 16 + 15: gzip, with any window.
        self._inflate = None if name == "identity" else zlib.decompressobj(31)

    def feed(self, piece: bytes) -> None:
        """Raises `BodyError`."""
        self._began = self._began or bool(piece)
        if self._inflate is not None:
            try:
                piece = self._inflate.decompress(piece, self._most - self._size + 1)
            except zlib.error as error:
                raise BodyError("miscoded", "the body is not the gzip it says it is") from error
        self._size += len(piece)
        if self._size > self._most:
            raise BodyError("too large", f"the body is larger than {self._most} bytes")
        self._pieces.append(piece)

    def finish(self) -> bytes:
        """All of it. Raises `BodyError` if the end is missing."""
        if self._inflate is not None and self._began and not self._inflate.eof:
            raise BodyError("cut off", "the gzip ends too early")
        return b"".join(self._pieces)

    def so_far(self) -> bytes:
        return b"".join(self._pieces)
