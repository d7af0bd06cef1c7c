"""Is what was sent well-formed? Each refusal names the field. All problems of a query are told at once.

The bounds are those of openapi.yaml. Query parameters and body fields that it does not know are ignored, for
it does not forbid them. Assumed, all of it: Webflow publishes no text on what it does with malformed input.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from webflow_orders_generated.schemas import OrderStatus

from . import spec
from .errors import invalid, malformed, unsupported_version
from .messages import Request

MAX_BODY = 1024 * 1024
STATUSES = tuple(str(status.value) for status in OrderStatus)
_INTEGER = re.compile(r"-?[0-9]{1,20}", re.ASCII)

Model = TypeVar("Model", bound=BaseModel)


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
    page = Page(
        _status(sent.get("status"), problems),
        _integer("offset", sent.get("offset"), problems),
        _integer("limit", sent.get("limit"), problems),
    )
    if problems:
        raise invalid(*problems)
    return page


def _status(sent: list[str] | None, problems: list[tuple[str, str]]) -> str | None:
    if sent is None:
        return None
    if len(sent) > 1:
        problems.append(("status", "must be given once"))
    elif sent[0] not in STATUSES:
        problems.append(("status", "must be one of " + ", ".join(STATUSES)))
    return sent[0]


def _integer(name: str, sent: list[str] | None, problems: list[tuple[str, str]]) -> int:
    bounds = spec.bounds(name)
    if sent is None:
        return bounds.default
    problem = None
    if len(sent) > 1:
        problem = "must be given once"
    elif not _INTEGER.fullmatch(sent[0]):
        problem = "must be an integer"
    elif int(sent[0]) < bounds.minimum:
        problem = f"must be at least {bounds.minimum}"
    elif int(sent[0]) > bounds.maximum:
        problem = f"must be at most {bounds.maximum}"
    if problem is None:
        return int(sent[0])
    problems.append((name, problem))
    return bounds.default


def read_body(request: Request, model: type[Model], *, required: bool) -> dict[str, Any]:
    """The fields of `model` that were sent, under their JSON names. No body reads as an empty object."""
    if not request.body and not required:
        return {}
    sent = parse_object(request)
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
