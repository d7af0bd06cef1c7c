"""What the mock can be told to get wrong, one thing at a time: `MockWebflow(defect="total-is-one-too-many")`.

A contract suite is worth what it catches. Each defect is something that a real server might do to a caller;
`caught_by` names the part of the contract run that should notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from ..account import Account
from ..api import routes
from ..messages import Handler, Request, Response
from . import auth, headers, inputs, lifecycle, pagination, schema, status, versions, webhooks
from .tools import Context, Defect, Part

_TABLES = {
    "schema": schema.TABLE,
    "status": status.TABLE,
    "headers": headers.TABLE,
    "auth": auth.TABLE,
    "input": inputs.TABLE,
    "pagination": pagination.TABLE,
    "life cycle": lifecycle.TABLE,
    "versions": versions.TABLE,
    "webhooks": webhooks.TABLE,
}
FAMILIES = tuple(_TABLES)
PARTS: tuple[Part, ...] = get_args(Part)

DEFECTS: Mapping[str, Defect] = {
    name: Defect(name, family, caught_by, sentence, mutation)
    for family, table in _TABLES.items()
    for name, caught_by, sentence, mutation in table
}


def spoiled(name: str, account: Account, healthy: Handler) -> Handler:
    """What answers instead of `healthy`. Raises ValueError for a defect that is not in the table."""
    if name not in DEFECTS:
        raise ValueError(f"there is no defect {name!r}; python -m webflow_orders_mock --defects lists them")
    mutation, memory = DEFECTS[name].mutation, dict[Any, Any]()

    def answer(request: Request) -> Response:
        if account.ledger.last_seq == 0:
            memory.clear()  # The mock was reset, or has just begun.
        return mutation(Context(account, request, healthy, memory, routes.find(request.path)))

    return answer
