"""A request as one line for a shell, and its answer as a person reads it. The token is named, never shown."""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import re
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
# So many bytes fit into one word of a command line.
LONGEST_WORD = 20_000


def curl(request: Request, secrets: Secrets) -> str:
    words, before = ["curl", "-sS", "-i"], ""
    if re.search(r"[][{}]|/\.\.?(/|$)", request.url):
        # It would make several addresses of one, or tidy it up.
        words += ["-g", "--path-as-is"]
    if request.method == "HEAD":
        words[2] = "-I"
    elif request.method != "GET" or request.body:
        words += ["-X", request.method]
    sent = [(name, value) for name, value in request.headers if name.lower() not in OMITTED]
    for name, value in sent:
        words += ["-H", _word(f"{name}: {value}" if value else f"{name};", secrets, "latin-1")]
    if request.body:
        if not any(name.lower() == "content-type" for name, _ in sent):
            words += ["-H", "Content-Type:"]
        if not _printable(request.body) or len(request.body) > LONGEST_WORD:
            # No shell can pass all of this in a word.
            body = redacted(request.body.decode("utf-8", "surrogateescape"), secrets)
            packed = base64.b64encode(
                gzip.compress(body.encode("utf-8", "surrogateescape"), mtime=0)
            ).decode()
            before, words = f"echo {packed} | base64 -d | gunzip | ", [*words, "--data-binary", "@-"]
        else:
            words += ["--data-raw", _word(request.body.decode("utf-8", "surrogateescape"), secrets)]
    return before + " ".join([*words, _word(request.url, secrets)])


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
        # A letter behind it would be one of the variable's name.
        in_braces = f"${{{name[1:]}}}" if name[1:].isidentifier() else name
        text = re.sub(rf"{re.escape(secret)}(?=\w)", in_braces, text).replace(secret, name)
    return text


def _word(text: str, secrets: Secrets, encoding: str = "utf-8") -> str:
    """A word for a shell that stands for these characters, as the bytes of the encoding."""
    if any(secret in text for secret in secrets):
        # Double quotes, so that the shell puts the token in.
        return '"' + redacted(re.sub(r'[\\"$`]', r"\\\g<0>", text), secrets) + '"'
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    content = text.encode(encoding, errors)
    if _printable(content):
        return shlex.quote(content.decode())
    # What every shell understands; `$'...'` is not known to all.
    return '"$(printf ' + shlex.quote("".join(map(_escaped, content))) + ')"'


def _printable(content: bytes) -> bool:
    try:
        return content.decode().isprintable()
    except UnicodeDecodeError:
        return False


def _escaped(byte: int) -> str:
    plain = chr(byte).isalnum() and byte < 128
    return chr(byte) if plain else f"\\{byte:03o}"
