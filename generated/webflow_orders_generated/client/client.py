# @generated from openapi.yaml. Do not edit; run `make generate`.
"""A request as a value: what an endpoint makes, and whoever has a connection sends."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Request(NamedTuple):
    """One call of one operation. `template` is its path before the ids; `json` is None when there is no body."""

    operation: str
    method: str
    template: str
    path: str
    params: Mapping[str, str] = MappingProxyType({})
    headers: Mapping[str, str] = MappingProxyType({})
    json: Any = None
