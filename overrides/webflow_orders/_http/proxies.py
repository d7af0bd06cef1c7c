"""Which proxy of the environment a request goes through, if any.

HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, read as httpx reads them; but an entry of NO_PROXY that cannot be
read is passed over, networks and ports can be named too, and this machine is never reached through a proxy: a request
to it would show the token to the proxy in the clear.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from . import address

_SCHEMES = ("http", "https", "socks5", "socks5h")


def from_environment(target: SplitResult) -> str | None:
    """The address of the proxy for a target. Raises ValueError for one that cannot be a proxy."""
    from urllib.request import getproxies

    host = target.hostname or ""
    if address.is_loopback(host):
        return None
    given = getproxies()
    proxy = (given.get(target.scheme) or given.get("all") or "").strip()
    if not proxy or any(_exempts(entry, target, host) for entry in re.split(r"[,\s]+", given.get("no", ""))):
        return None
    if "://" not in proxy:
        proxy = f"http://{proxy}"
    why = ""
    if proxy.partition("://")[0].lower() not in _SCHEMES:
        why = f"the environment's proxy for {target.scheme} must begin with one of {', '.join(_SCHEMES)}"
    elif not _is_usable(proxy):  # Some libraries go past such a proxy, others fail in the middle of a call.
        why = "the environment's proxy is not an address that can be used"
    if why:
        del given, proxy  # A traceback shows what is in a frame, and there may be a password.
        raise ValueError(why)
    return proxy


def _is_usable(proxy: str) -> bool:
    try:
        parts = urlsplit(proxy)
        return bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", parts.netloc)
    except ValueError:
        return False


def _exempts(entry: str, target: SplitResult, host: str) -> bool:
    """Whether an entry of NO_PROXY is about this target."""
    if entry == "*":
        return True
    scheme, _, rest = entry.lower().rpartition("://")
    name, port = _split(rest)
    if scheme not in ("", "all", target.scheme) or port not in ("", str(address.port_of(target))) or not name:
        return False
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(name, strict=False)
    except ValueError:
        pass
    # With a dot in front, only what is below the name; as httpx has it.
    below = name.removeprefix("*")
    return host.endswith(below) if below.startswith(".") else host == below or host.endswith(f".{below}")


def _split(rest: str) -> tuple[str, str]:
    """Name and port of `name`, `name:port`, `::1`, `[::1]`, `[::1]:port` or `[fd00::]/8`."""
    if rest.startswith("["):
        name, _, tail = rest[1:].partition("]")
        return (name + tail, "") if tail.startswith("/") else (name, tail.removeprefix(":"))
    name, colon, port = rest.partition(":")
    return (name, port) if colon and ":" not in port else (rest, "")
