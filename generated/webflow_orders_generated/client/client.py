# @generated from openapi.yaml. Do not edit; run `make generate`.
"""A request as a value: what an endpoint makes, and whoever has a connection sends."""

from typing import Any

from attrs import field, frozen


@frozen(kw_only=True)
class Request:
    """One call of one operation. `json` is None when there is no body."""

    operation: str
    method: str
    path: str
    params: dict[str, str] = field(factory=dict)
    headers: dict[str, str] = field(factory=dict)
    json: Any = None
