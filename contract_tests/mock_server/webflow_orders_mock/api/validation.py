"""Is what was sent well-formed? Each refusal names the field. All problems of a query are told at once.

The bounds are those of openapi.yaml. Query parameters and body fields that it does not know are ignored, for
it does not forbid them. Assumed, all of it: Webflow publishes no text on what it does with malformed input.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from .. import spec
from ..messages import Request
from ..orders.lifecycle import STATUSES
from .errors import invalid, malformed, unsupported_version

MAX_BODY = 1024 * 1024
_INTEGER = re.compile(r"-?[0-9]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Page:
    status: str | None
    offset: int
    limit: int


def wrong_ids(parameters: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Which of a path's ids are malformed, and why."""
    wrong = [name for name, value in parameters.items() if not spec.fits(name, value)]
    return tuple((name, f"must match {spec.pattern(name)}") for name in wrong)


def check_version(headers: Mapping[str, str]) -> None:
    """v1 alone looks at Accept-Version."""
    version = headers.get("accept-version")
    if version is not None and not spec.fits("Accept-Version", version):
        raise unsupported_version(spec.pattern("Accept-Version"))


def read_page(query: str) -> Page:
    """The query of a list."""
    if not query:
        return Page(None, spec.bounds("offset").default, spec.bounds("limit").default)
    sent: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        sent.setdefault(name, []).append(value)
    problems: list[tuple[str, str]] = []
    found: dict[str, Any] = {}
    for name, read in (("status", _status), ("offset", _integer), ("limit", _integer)):
        if name not in sent:
            found[name] = None if name == "status" else spec.bounds(name).default
            continue
        try:
            if len(sent[name]) > 1:
                raise ValueError("must be given once")
            found[name] = read(name, sent[name][0])
        except ValueError as error:
            problems.append((name, str(error)))
    if problems:
        raise invalid(*problems)
    return Page(**found)


def _status(name: str, sent: str) -> str:
    if sent not in STATUSES:
        raise ValueError("must be one of " + ", ".join(STATUSES))
    return sent


def _integer(name: str, sent: str) -> int:
    bounds = spec.bounds(name)
    if not _INTEGER.fullmatch(sent):
        raise ValueError("must be an integer")
    if int(sent) < bounds.minimum:
        raise ValueError(f"must be at least {bounds.minimum}")
    if int(sent) > bounds.maximum:
        raise ValueError(f"must be at most {bounds.maximum}")
    return int(sent)


def read_body(request: Request, model: type[BaseModel], *, required: bool = False) -> dict[str, Any]:
    """The fields of `model` that were sent, under their JSON names. No body reads as an empty object."""
    if not request.body and not required:
        return {}
    sent = parse_object(request)
    if isinstance(sent.get("fields"), dict):
        # Assumed. It is how v1 wrapped an update; taken for an unknown field, it would change nothing, with 200.
        raise invalid(("fields", "is the wrapper of v1; v2 takes what is in it, without the wrapper"))
    try:
        read = model.model_validate(sent, by_alias=True, by_name=False)
    except ValidationError as error:
        problems = [
            (".".join(map(str, each["loc"])), each["msg"]) for each in error.errors(include_input=False)
        ]
        raise invalid(*problems) from None
    return read.model_dump(mode="json", by_alias=True, exclude_unset=True)


def parse_object(request: Request) -> dict[str, Any]:
    sent = parse_json(request)
    if not isinstance(sent, dict):
        raise malformed("body", "must be a JSON object")
    return sent


def parse_json(request: Request) -> Any:
    """The body of a request, if it is JSON and says so; refused otherwise."""
    if len(request.body) > MAX_BODY:
        raise malformed("body", f"must be at most {MAX_BODY} bytes")
    if not request.body:
        raise malformed("body", "is required")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise malformed("Content-Type", "must be application/json")
    try:
        # Stricter than json.loads: no NaN, no lone surrogate, nothing but UTF-8, no abyss of brackets.
        return from_json(request.body, allow_inf_nan=False)
    except ValueError:
        raise malformed("body", "must be JSON in UTF-8") from None
