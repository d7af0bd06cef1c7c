"""Which operations a path has. Paths, methods and scopes are those of the OpenAPI document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import lru_cache
from urllib.parse import unquote

from .. import spec
from . import order_operations, webhook_operations
from .admission import Call, Route
from .validation import wrong_ids

HANDLERS: Mapping[str, Callable[[Call], bytes]] = {**order_operations.HANDLERS, **webhook_operations.HANDLERS}
OPERATIONS: Mapping[str, spec.Operation] = {
    name: operation for name, operation in spec.operations().items() if name in HANDLERS
}

_PATHS: dict[tuple[str, ...], dict[str, spec.Operation]] = defaultdict(dict)
for _each in OPERATIONS.values():
    _PATHS[tuple(_each.path.split("/"))][_each.method] = _each


@lru_cache(maxsize=1024)
def find(path: str) -> Route | None:
    """The route of a raw path, or None. An empty segment fills no parameter."""
    segments = [unquote(segment, errors="replace") for segment in path.split("/")]
    for template, methods in _PATHS.items():
        if len(template) == len(segments):
            pairs = list(zip(template, segments, strict=True))
            if all(found if name.startswith("{") else name == found for name, found in pairs):
                parameters = {name[1:-1]: found for name, found in pairs if name.startswith("{")}
                version = next(iter(methods.values())).version
                return Route(methods, parameters, wrong_ids(parameters), version)
    return None
