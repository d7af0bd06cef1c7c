"""Arguments are checked before anything is sent. Nothing here quotes a token."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from typing import TypeVar

from .._http import address

E = TypeVar("E", bound=StrEnum)

# The patterns are openapi.yaml's. What those of ids let through needs no escaping in a path.
SITE_ID = re.compile(r"[0-9a-f]{24}")
ORDER_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
WEBHOOK_URL = re.compile(r'https?://[0-9A-Za-z\[][!"$-~]*')
TOKEN = re.compile(r"[\x21-\x7e]+")


def named(kind: str, by_position: tuple[object, ...]) -> None:
    """Raises TypeError for arguments without a name: which of the strings is the token should be readable."""
    if by_position:
        raise TypeError(f"pass every argument by its name: {kind}(token=…, site_id=…)")


def token(value: str | None) -> str:
    """The token given, or WEBFLOW_TOKEN of the environment; without blanks around it."""
    given = os.environ.get("WEBFLOW_TOKEN") if value is None else value
    if given is None:
        raise ValueError("no token: pass token=, or set WEBFLOW_TOKEN")
    if not isinstance(given, str):
        raise TypeError(f"token must be a string, not {type(given).__name__}")
    if given.strip().lower().startswith("bearer "):
        raise ValueError("the token is what comes after 'Bearer ': pass it without that word")
    if not TOKEN.fullmatch(given.strip()):
        raise ValueError("the token is empty, or holds a character that a header cannot carry")
    return given.strip()


def site_id(value: str | None) -> str:
    if value is None:
        raise ValueError("no site: pass site_id=, or use for_site()")
    return _matching(SITE_ID, value, "site_id", "24 hexadecimal digits in lower case")


def order_id(value: str) -> str:
    return _matching(ORDER_ID, value, "order_id", "1 to 64 letters, digits, - or _, such as 'dfa-3f1'")


def webhook_id(value: str) -> str:
    return _matching(SITE_ID, value, "webhook_id", "24 hexadecimal digits in lower case")


def webhook_url(value: str) -> str:
    """An absolute address. It is not quoted: a receiver's may hold a password."""
    if not isinstance(value, str):
        raise TypeError(f"url must be a string, not {type(value).__name__}")
    if not WEBHOOK_URL.fullmatch(value):
        raise ValueError(
            "url must be an absolute address, https://… or http://…, in ASCII, without blank or #"
        )
    return value


def _matching(pattern: re.Pattern[str], value: str, name: str, form: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {type(value).__name__}")
    if not pattern.fullmatch(value):
        raise ValueError(f"{name} must be {form}; got {value[:80]!r}")
    return value


def integer(value: int, name: str, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an integer, not {type(value).__name__}")
    if not least <= value <= most:
        raise ValueError(f"{name} must be from {least} to {most}; got {value}")
    return value


def member(value: str, name: str, enum: type[E]) -> E:
    """A member that openapi.yaml lists: reading keeps any word, but only these can be sent."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {type(value).__name__}")
    if value not in (known := [str(each) for each in enum]):
        raise ValueError(f"{name} must be one of {', '.join(known)}; got {value[:80]!r}")
    return enum(value)


def text(value: str | None, name: str) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {type(value).__name__}")
    return value


def flag(value: bool, name: str) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be a bool, not {type(value).__name__}")
    return value


def seconds(value: float, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
    if not 0 < value < float("inf"):
        raise ValueError(f"{name} must be a positive number of seconds; got {value}")
    return float(value)


def base_url(value: str, *, allow_http: bool) -> str:
    """An origin, with a path at the most: a token must not go over the wire in the clear by accident."""
    if not isinstance(value, str):
        raise TypeError(f"base_url must be a string, not {type(value).__name__}")
    try:
        url = address.split(value)
    except ValueError as error:
        # Not the address itself, which may have a password.
        raise ValueError(f"base_url cannot be used: {error}") from None
    path = url.path.rstrip("/")
    if path.rpartition("/")[2].lower() in ("v1", "v2"):
        raise ValueError(
            f"base_url must not end in a version, which each request adds itself: leave out {path[-3:]!r}"
        )
    if url.scheme == "http" and not allow_http and not address.is_loopback(url.hostname or ""):
        raise ValueError("base_url must be https, or a loopback address; allow_http=True lifts this")
    return f"{url.scheme}://{url.netloc}{path}"
