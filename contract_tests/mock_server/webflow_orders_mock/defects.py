"""What the mock can be told to get wrong, one thing at a time: `MockWebflow(defect="total-is-one-too-many")`.

A contract suite is worth what it catches. Each defect is something that a real server might do to a caller;
`caught_by` names the part of the contract run that should notice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, get_args

from . import routes
from .messages import Request, Response
from .wrong import auth, headers, inputs, lifecycle, pagination, schema, status, versions
from .wrong.tools import Defect, Part, Turn

if TYPE_CHECKING:
    from .app import MockWebflow

_TABLES = {
    "schema": schema.TABLE,
    "status": status.TABLE,
    "headers": headers.TABLE,
    "auth": auth.TABLE,
    "input": inputs.TABLE,
    "pagination": pagination.TABLE,
    "life cycle": lifecycle.TABLE,
    "versions": versions.TABLE,
}
FAMILIES = tuple(_TABLES)
PARTS: tuple[Part, ...] = get_args(Part)

DEFECTS: Mapping[str, Defect] = {
    name: Defect(name, family, caught_by, sentence, effect)
    for family, table in _TABLES.items()
    for name, caught_by, sentence, effect in table
}


def spoiled(
    name: str, mock: MockWebflow, healthy: Callable[[Request], Response]
) -> Callable[[Request], Response]:
    """What answers instead of `healthy`. Raises ValueError for a defect that is not in the table."""
    if name not in DEFECTS:
        raise ValueError(f"there is no defect {name!r}; python -m webflow_orders_mock --defects lists them")
    effect, memory = DEFECTS[name].effect, dict[Any, Any]()

    def answer(request: Request) -> Response:
        if mock.ledger.last_seq == 0:
            memory.clear()  # The mock was reset, or has just begun.
        return effect(Turn(mock, request, healthy, memory, routes.find(request.path)))

    return answer
