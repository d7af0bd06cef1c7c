"""Arguments are checked before anything is sent. Nothing here quotes a token."""

from __future__ import annotations

import os
import re
import sys
from enum import StrEnum
from typing import TypeVar

from .._common.log import log
from .._common.secret import Secret
from .._http import address

E = TypeVar("E", bound=StrEnum)

# The patterns are openapi.yaml's. What those of ids let through needs no escaping in a path.
SITE_ID = re.compile(r"[0-9a-f]{24}")
ORDER_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
WEBHOOK_URL = re.compile(
    r"https?://([0-9A-Za-z._~%!$&*+,;=:-]+@)?[0-9A-Za-z][0-9A-Za-z._-]*(:[0-9]{1,5})?" r'([/?][!"$-~]*)?'
)
TOKEN = re.compile(r"[\x21-\x7e]+")
BEARER = re.compile("bearer .*", re.IGNORECASE | re.DOTALL)
# Longer than what people mistype, and shorter than a token in the place of something else.
LONGEST_SHOWN = 40


def named(kind: str, by_position: int) -> None:
    """Raises TypeError for arguments without a name: which of the strings is the token should be readable."""
    if by_position:
        raise TypeError(f"pass every argument by its name: {kind}(token=…, site_id=…)")


def token(value: str | None) -> Secret | type | None:
    """The token given, or WEBFLOW_TOKEN of the environment, or none; without blanks around it.

    Of what is no string its type, for `usable` to refuse: by then, nobody has it among the locals.
    """
    given = os.environ.get("WEBFLOW_TOKEN") if value is None else value
    if given is None:
        return None
    return Secret(given.strip()) if isinstance(given, str) else type(given)


def usable(token: Secret | type | None) -> Secret:
    """Raises ValueError or TypeError for what is no token. Among the locals there is none in plain."""
    if isinstance(token, type):
        raise TypeError(f"token must be a string, not {token.__name__}")
    if token is None:
        raise ValueError("no token: pass token=, or set WEBFLOW_TOKEN")
    if token.fits(BEARER):
        raise ValueError("the token is what comes after 'Bearer ': pass it without that word")
    if not token.fits(TOKEN):
        raise ValueError("the token is empty, or holds a character that a header cannot carry")
    return token


def site_id(value: str | None, name: str = "site_id") -> str:
    if value is None:
        raise ValueError("no site: pass site_id=, set WEBFLOW_SITE, or use for_site()")
    return _matching(SITE_ID, value, name, "24 hexadecimal digits in lower case")


def default_site_id(value: str | None) -> str | None:
    """The site given, or WEBFLOW_SITE of the environment, or none."""
    if value is not None:
        return site_id(value)
    given = os.environ.get("WEBFLOW_SITE")
    return None if given is None else site_id(given, "WEBFLOW_SITE")


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
            "url must be an absolute address, https://… or http://…, in ASCII, without blank, # or IPv6"
        )
    return value


def _matching(pattern: re.Pattern[str], value: str, name: str, form: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {type(value).__name__}")
    if not pattern.fullmatch(value):
        shown = repr(value) if len(value) <= LONGEST_SHOWN else f"{len(value)} characters"
        raise ValueError(f"{name} must be {form}; got {shown}")
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
    if value is not None and any("\ud800" <= each <= "\udfff" for each in value):
        raise ValueError(
            f"{name} holds half of a pair of surrogates, which is no character and cannot be sent"
        )
    return value


def flag(value: bool, name: str) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be a bool, not {type(value).__name__}")
    return value


def seconds(value: float, name: str, unit: str = "seconds") -> float:
    if not 0 < _number(value, name, unit) <= sys.float_info.max:
        raise ValueError(f"{name} must be a positive number of {unit}; got {value}")
    return float(value)


def wait(value: float, name: str) -> float:
    if not 0 <= _number(value, name, "seconds") <= sys.float_info.max:
        raise ValueError(f"{name} must be a number of seconds, 0 or more; got {value}")
    return float(value)


def _number(value: float, name: str, unit: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number of {unit}, not {type(value).__name__}")
    return value


API_URL = "https://api.webflow.com"


def base_url(value: str | None, *, allow_http: bool) -> str:
    """The address given, or WEBFLOW_BASE_URL of the environment, or Webflow's.

    It is an origin, with a path at the most: a token must not go over the wire in the clear by accident, nor to where
    nobody expects it without a word.
    """
    name = "base_url"
    if value is None:
        value = os.environ.get("WEBFLOW_BASE_URL", API_URL)
        name = "WEBFLOW_BASE_URL"
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {type(value).__name__}")
    try:
        url = address.split(value)
    except ValueError as error:
        # Not the address itself, which may have a password.
        raise ValueError(f"{name} cannot be used: {error}") from None
    path = url.path.rstrip("/")
    if path.rpartition("/")[2].lower() in ("v1", "v2"):
        raise ValueError(
            f"{name} must not end in a version, which each request adds itself: leave out {path[-3:]!r}"
        )
    if path and url.hostname == API_URL.partition("://")[2]:
        raise ValueError(f"{name} must be {API_URL} without a path, which each request adds itself")
    is_loopback = address.is_loopback(url.hostname or "")
    if url.scheme == "http" and not allow_http and not is_loopback:
        raise ValueError(f"{name} must be https, or a loopback address; allow_http=True lifts this")
    found = f"{url.scheme}://{url.netloc}{path}"
    if name != "base_url" and found != API_URL and not is_loopback:
        log.warning("requests and their token go to %s, which WEBFLOW_BASE_URL names", found)
    return found
