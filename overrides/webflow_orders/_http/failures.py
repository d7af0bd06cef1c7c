"""How an attempt fails before there is an answer: told apart by the types of a library's errors, not by its words."""

from __future__ import annotations

import contextlib
import traceback
from typing import Any

from .._common.secret import Secret
from ..errors import one_line


class Failure(Exception):
    """No answer came. `sent` is False if nothing of the request left; `cause` is what was raised, laid bare."""

    def __init__(
        self, text: str, *, sent: bool, timed_out: bool = False, cause: BaseException | None = None
    ) -> None:
        super().__init__(text)
        self.sent = sent
        self.timed_out = timed_out
        self.cause = cause


class ClosedError(Exception):
    """The client is closed. Nothing was sent."""


class OtherLoopError(RuntimeError):
    """The connections of a client belong to another event loop. Nothing was sent."""


def failure_of(
    error: Exception, library: Any, *, sent: bool, connecting: bool, of_library: bool, secret: Secret
) -> Failure:
    """The failure for what a transport raised.

    Whatever is not known to have been raised before the request left may have been raised after: `sent`.

    Args:
        error: what was raised; it is changed, see `laid_bare`.
        library: httpx or httpx2, whichever carries the client.
        sent: whether the request is known to have begun to leave.
        connecting: whether the connection was still being made, by way of a proxy or without.
        of_library: whether the transport is the library's, and means by a `ConnectError` that nothing was sent. One
            that tries a second way, and tells of no connection, may have sent it on the first.
        secret: what must not be shown.
    """
    before = (
        library.ConnectError, library.ConnectTimeout, library.PoolTimeout, library.ProxyError,
        library.UnsupportedProtocol,
    )  # fmt: skip
    return Failure(
        described(error, library, secret),
        sent=sent or not (connecting or (of_library and isinstance(error, before))),
        timed_out=isinstance(error, library.TimeoutException),
        cause=laid_bare(error, library, secret),
    )


def described(error: Exception, library: Any, secret: Secret) -> str:
    """One line about what was raised, without anything that the server sent."""
    if isinstance(error, library.ProtocolError):
        # Its own text quotes the bytes that were not expected: they may be a customer's.
        return f"{type(error).__name__}: the answer broke off, or is not HTTP"
    return f"{type(error).__name__}: {one_line(secret.scrub(str(error))) or 'no reason given'}"


def laid_bare(error: Exception, library: Any, secret: Secret) -> Exception | None:
    """What was raised, as a cause that can be shown: without the frames, whose locals hold headers and bodies, and
    without its own causes, which quote them. None if it still shows the secret."""
    if not isinstance(error, library.RequestError):
        for frame in traceback.extract_tb(error.__traceback__)[-1:]:
            error.add_note(f"raised in {frame.filename}, line {frame.lineno}, in {frame.name}")
    words = described(error, library, secret).partition(": ")[2]
    strip(error)
    if isinstance(error, library.RequestError):
        with contextlib.suppress(RuntimeError):  # Of one that a transport made without a request.
            # It knows its request, and with it the token.
            error.request = library.Request(error.request.method, error.request.url)
    if isinstance(error, library.ProtocolError) or _shows(error, secret):
        error.args = (words,)
    return None if _shows(error, secret) else error


def _shows(error: Exception, secret: Secret) -> bool:
    shown = "".join(traceback.format_exception(error)) + repr(error)
    return shown != secret.scrub(shown)


def strip(error: BaseException) -> None:
    """Take the frames and the causes out of what was raised."""
    error.__traceback__ = error.__cause__ = error.__context__ = None
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            strip(each)
