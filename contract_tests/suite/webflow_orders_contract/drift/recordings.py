"""Reads a recording back: what `record.Recorder` wrote, or the HAR of a browser, a proxy or a run."""

from __future__ import annotations

import base64
import binascii
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..description import Description
from ..gateway.recorder import line_of
from ..settings import UsageError

Line = dict[str, Any]


@dataclass
class Answers:
    """All answers of one operation with one status, added up: how many, and how often what was seen."""

    operation: str
    status: int
    count: int = 0
    headers: Counter[str] = field(default_factory=Counter)
    media: Counter[str] = field(default_factory=Counter)
    seen: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, line: Line) -> None:
        self.count += 1
        self.headers.update(line.get("headers", ()))
        self.media.update(filter(None, [line.get("media")]))
        for pointer, there in line.get("seen", {}).items():
            here = self.seen.setdefault(pointer, {"types": Counter(), "words": Counter(), "unfit": 0})
            here["unfit"] += there.get("unfit", 0)
            for name in ("types", "words"):
                here[name].update(there.get(name, {}))

    def times(self, pointer: str, base: str | None = None) -> int:
        """How often there was something at the pointer; or something of one JSON type."""
        types = self.seen.get(pointer, {"types": {}})["types"]
        return sum(count for name, count in types.items() if base in (None, name.split(":")[0]))


def read(path: Path, description: Description) -> list[Line]:
    """The exchanges of a file that belong to an operation. Raises UsageError for what is no recording."""
    try:
        text = path.read_text(encoding="utf-8")
        found = list(_from_har(json.loads(text), description) if _is_har(text) else _from_lines(text))
    except OSError as error:
        raise UsageError(f"{path} can not be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{path} is neither a HAR nor a recording of ours.") from None
    if not found:
        raise UsageError(f"{path} has no answer of this API.")
    return found


def added_up(lines: Iterable[Line]) -> list[Answers]:
    groups: dict[tuple[str, int], Answers] = {}
    for line in lines:
        key = (line["operation"], line["status"])
        groups.setdefault(key, Answers(*key)).add(line)
    return [groups[key] for key in sorted(groups)]


def _is_har(text: str) -> bool:
    # A HAR is one object with a log; a recording has an object in every line.
    return '"log"' in text[:2000].split("entries")[0] and '"operation"' not in text[:20]


def _from_lines(text: str) -> Iterator[Line]:
    for each in filter(None, map(str.strip, text.splitlines())):
        line = json.loads(each)
        if not isinstance(line["operation"], str) or not isinstance(line["status"], int):
            raise ValueError("no line of ours")
        yield line


def _from_har(har: Mapping[str, Any], description: Description) -> Iterator[Line]:
    for entry in har["log"]["entries"]:
        request, response = entry["request"], entry["response"]
        if not response.get("status"):
            continue  # never answered
        content = response.get("content", {})
        headers = [header["name"] for header in response.get("headers", ())]
        asked = (request["method"], request["url"], response["status"])
        line = line_of(description, *asked, headers, content.get("mimeType") or "", _content(content))
        if line is not None:
            yield line


def _content(content: Mapping[str, Any]) -> bytes:
    text = content.get("text") or ""
    if content.get("encoding") != "base64":
        return str(text).encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text)
    except binascii.Error:
        return b""
