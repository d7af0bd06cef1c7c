"""Who asks, and what they may see and do.

Documented: `Authorization: Bearer <token>`; v2 checks the scopes ecommerce:read and ecommerce:write; v1 has
no scopes. Assumed: a site that a token may not see answers as one that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .limits import requests_per_minute

READ, WRITE = "ecommerce:read", "ecommerce:write"
DEFAULT_TOKEN = "mock-token"
OTHER_TOKEN = "mock-token-of-somebody-else"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is good for. `sites` None: every site but the `hidden` ones. `limit` is per minute."""

    token: str
    scopes: frozenset[str]
    sites: frozenset[str] | None
    limit: int
    hidden: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"Grant(token=..., scopes={sorted(self.scopes)}, limit={self.limit})"

    def sees(self, site_id: str) -> bool:
        return site_id not in self.hidden and (self.sites is None or site_id in self.sites)


class Grants:
    def __init__(self) -> None:
        self._by_header: dict[str, Grant] = {}

    def add(
        self,
        token: str,
        *,
        plan: str,
        scopes: Iterable[str] = (READ, WRITE),
        sites: Iterable[str] | None = None,
        hidden: Iterable[str] = (),
    ) -> None:
        """Let `token` in. Raises ValueError for an unknown plan or scope, or a token no header can carry."""
        unknown = sorted(set(scopes) - {READ, WRITE})
        if unknown:
            raise ValueError(f"there is no scope {unknown[0]!r}; known are {READ} and {WRITE}")
        if not token.isascii() or not token.isprintable() or " " in token or not token:
            raise ValueError("a token is printable ASCII without spaces")
        only = None if sites is None else frozenset(sites)
        limit = requests_per_minute(plan)
        self._by_header[token] = Grant(token, frozenset(scopes), only, limit, frozenset(hidden))

    def of(self, authorization: str | None) -> Grant | None:
        """The grant that an Authorization header stands for, if it stands for one."""
        scheme, _, token = (authorization or "").partition(" ")
        return self._by_header.get(token.strip(" ")) if scheme.lower() == "bearer" else None
