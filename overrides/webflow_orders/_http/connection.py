"""Where to and as whom."""

from __future__ import annotations

from typing import NoReturn

from .. import _checks
from .._version import __version__
from .body import ACCEPTED_CODING


class Secret:
    """A token that no repr shows, nor the locals of a traceback; only `reveal` does."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def scrub(self, text: str) -> str:
        """The text without the secret."""
        return text.replace(self._value, "…")

    def __repr__(self) -> str:
        return "…"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled or copied")


class Connection:
    """The address of the API, and the token. Its repr has no token."""

    def __init__(self, *, token: str | None, base_url: str, allow_http: bool) -> None:
        self.base_url = _checks.base_url(base_url, allow_http=allow_http)
        self.token = Secret(_checks.token(token))

    def headers(self) -> dict[str, str]:
        """What every request says."""
        return {
            "Accept": "application/json",
            "Accept-Encoding": ACCEPTED_CODING,
            "Connection": "keep-alive",
            "User-Agent": f"webflow-orders/{__version__}",
            "Authorization": f"Bearer {self.token.reveal()}",
        }

    def __repr__(self) -> str:
        return f"Connection(base_url={self.base_url!r})"
