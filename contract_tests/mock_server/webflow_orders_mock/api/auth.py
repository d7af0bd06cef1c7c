"""Who asks, and what they may see and do.

Documented: `Authorization: Bearer <token>`; v2 checks scopes, those that the OpenAPI document lists; v1 has
none. Assumed: a site that a token may not see answers as one that does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .. import spec

READ = "ecommerce:read"
SCOPES = spec.scopes()
_TOKEN = re.compile("[!-~]+")
DEFAULT_TOKEN = "mock-token"
OTHER_TOKEN = "mock-token-of-somebody-else"


def texts(name: str, values: Iterable[str]) -> frozenset[str]:
    """Raises ValueError for what is no collection of texts."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ValueError(f"{name} must be a list")
    listed = tuple(values)
    if not all(isinstance(each, str) for each in listed):
        raise ValueError(f"{name} must be a list of texts")
    return frozenset(listed)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is good for. `sites` None: every site but the `hidden` ones. `limit` is per minute.

    Raises ValueError for an unknown scope, or a token that no header can carry.
    """

    token: str
    scopes: frozenset[str]
    sites: frozenset[str] | None
    limit: int
    hidden: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        unknown = sorted(self.scopes - set(SCOPES))
        if unknown:
            raise ValueError(f"there is no scope {unknown[0]!r:.50}; known are {', '.join(SCOPES)}")
        if not isinstance(self.token, str) or not _TOKEN.fullmatch(self.token):
            raise ValueError("a token is printable ASCII without spaces")

    def __repr__(self) -> str:
        return f"Grant(token=..., scopes={sorted(self.scopes)}, limit={self.limit})"

    def sees(self, site_id: str) -> bool:
        return site_id not in self.hidden and (self.sites is None or site_id in self.sites)


class Grants(dict[str, Grant]):
    """By token."""

    def of(self, authorization: str | None) -> Grant | None:
        """The grant that an Authorization header stands for, if it stands for one."""
        scheme, _, token = (authorization or "").partition(" ")
        return self.get(token.strip(" ")) if scheme.lower() == "bearer" else None
