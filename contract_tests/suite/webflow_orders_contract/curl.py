"""A request as one line for a shell. The token is named, never shown."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

TOKEN = "$WEBFLOW_TOKEN"
# curl sends these by itself, or they only say who asked.
OMITTED = {
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "host",
    "user-agent",
    "x-schemathesis-testcaseid",
}


def curl(
    method: str, url: str, headers: Mapping[str, str], body: bytes | str | None, token: str | None
) -> str:
    words = ["curl", "-sS", "-i"]
    if method == "HEAD":
        words[-1] = "-I"
    elif method != "GET" or body:
        words += ["-X", method]
    for name, value in headers.items():
        if name.lower() not in OMITTED:
            words += ["-H", _header(name, value, token)]
    if body:
        text = body if isinstance(body, str) else body.decode("utf-8", errors="backslashreplace")
        words += ["--data-raw", _quoted(text)]
    line = " ".join([*words, shlex.quote(url)])
    return redacted(line, token)


def redacted(text: str, token: str | None) -> str:
    return text.replace(token, TOKEN) if token else text


def _header(name: str, value: str, token: str | None) -> str:
    if token and value == f"Bearer {token}":
        # Double quotes, so that the shell puts the token in.
        return f'"{name}: Bearer {TOKEN}"'
    return _quoted(f"{name}: {value}" if value else f"{name};")


def _quoted(text: str) -> str:
    if text.isprintable():
        return shlex.quote(text)
    escaped = "".join(_escape(char) for char in text)
    return f"$'{escaped}'"


def _escape(char: str) -> str:
    if char in "\\'":
        return "\\" + char
    if char.isprintable():
        return char
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", errors="surrogatepass"))
