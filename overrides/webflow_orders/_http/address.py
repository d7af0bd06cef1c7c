"""Where a client connects to: an address, checked and normalised before anything is judged by it."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

LONGEST = 2000
_DEFAULT_PORTS = {"https": 443, "http": 80}


def split(value: str) -> SplitResult:
    """An http(s) address with its host as `host_name` has it. Raises ValueError that names the cause."""
    if not value.isprintable() or " " in value or "\\" in value:
        raise ValueError("it holds a blank, a backslash or a character that cannot be printed")
    if len(value) > LONGEST:
        raise ValueError(f"it is longer than {LONGEST} characters")
    bare = "it must be an http(s) address without user, query or fragment"
    if "@" in value:  # Wherever it is: what cannot be split is quoted, and may be a password.
        raise ValueError(bare)
    parts = urlsplit(value)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(bare)
    host, port = host_name(parts.hostname), parts.port
    if port == 0:
        raise ValueError("there is no port 0")
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        netloc += f":{port}"
    return parts._replace(netloc=netloc)


def port_of(parts: SplitResult) -> int:
    return parts.port or _DEFAULT_PORTS[parts.scheme]


def host_name(text: str) -> str:
    """A host as it goes onto the wire: in ASCII, lower case, without a dot at its end. Raises ValueError."""
    if ":" in text:
        return ipaddress.IPv6Address(text).compressed
    name = text
    if not name.isascii() or "xn--" in name.lower():
        import idna  # Few addresses need it.

        name = idna.encode(name, uts46=True).decode("ascii")
    name = name.lower().removesuffix(".")
    for label in name.split("."):
        if not _is_label(label):
            raise ValueError(f"{label[:80]!r} cannot be a part of a host: 1 to 63 letters, digits or hyphens")
    if len(name) > 253:
        raise ValueError("a host has 253 characters at the most")
    # What resolvers take for an IPv4 address, also in its short, octal and hexadecimal forms.
    return _ipv4(name) if label.isdigit() or label.startswith("0x") else name


def _is_label(text: str) -> bool:
    letters = text.replace("-", "").replace("_", "")
    return (
        len(text) < 64 and letters.isascii() and letters.isalnum() and not (text[0] == "-" or text[-1] == "-")
    )


def _ipv4(name: str) -> str:
    import socket

    try:
        return str(ipaddress.IPv4Address(socket.inet_aton(name)))
    except OSError:
        raise ValueError(f"{name!r} ends in a number, but is no IPv4 address") from None


def is_loopback(host: str) -> bool:
    """Whether a host, as `host_name` has it, is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
