"""A request as one line for a shell, and its answer as a person reads it. The token is named, never shown."""

from __future__ import annotations

import contextlib
import json
import shlex
from collections.abc import Mapping

from .exchange import Answer, Request

TOKEN = "$WEBFLOW_TOKEN"
# Each token, and the variable of the environment that has it.
Secrets = Mapping[str, str]
# curl sends these by itself, or they only say who asked.
OMITTED = {
    "accept", "accept-encoding", "connection", "content-length", "host", "user-agent", "x-schemathesis-testcaseid",
}  # fmt: skip
LONGEST = 300
MOST_LINES = 60


def curl(request: Request, secrets: Secrets) -> str:
    words = ["curl", "-sS", "-i"]
    if request.method == "HEAD":
        words[-1] = "-I"
    elif request.method != "GET" or request.body:
        words += ["-X", request.method]
    for name, value in request.headers:
        if name.lower() not in OMITTED:
            words += ["-H", _header(name, value, secrets)]
    if request.body:
        words += ["--data-raw", _quoted(request.body.decode("utf-8", errors="backslashreplace"))]
    line = " ".join([*words, shlex.quote(request.url)])
    return redacted(line, secrets)


def answered(answer: Answer, secrets: Secrets) -> str:
    """Status, headers, body; not more of it than fits on a screen or two."""
    head = [
        f"{answer.status} {answer.reason}".strip(),
        *(f"{name}: {value}" for name, value in answer.headers),
    ]
    text = answer.decoded.decode("utf-8", errors="replace")
    with contextlib.suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    # Before it is cut, or half of a token would be no token.
    lines = redacted(text, secrets).splitlines()
    more = [f"… {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
    body = [*(line[:LONGEST] for line in lines[:MOST_LINES]), *more]
    return "\n".join([*(redacted(line, secrets) for line in head), "", *body]).strip()


def redacted(text: str, secrets: Secrets) -> str:
    for secret, name in secrets.items():
        text = text.replace(secret, name)
    return text


def _header(name: str, value: str, secrets: Secrets) -> str:
    if value.startswith("Bearer ") and value.removeprefix("Bearer ") in secrets:
        # Double quotes, so that the shell puts the token in.
        return f'"{name}: Bearer {secrets[value.removeprefix("Bearer ")]}"'
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
