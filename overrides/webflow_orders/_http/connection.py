"""Where to and as whom."""

from __future__ import annotations

from .._common.secret import Secret
from .._common.version import __version__
from .body import ACCEPTED_CODING


class Connection:
    """The address of the API, and the token. Its repr has no token."""

    def __init__(self, *, token: Secret, base_url: str) -> None:
        self.base_url = base_url
        self.token = token

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
