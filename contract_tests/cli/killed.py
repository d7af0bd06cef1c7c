"""Runs the command in processes that are killed: python -m contract_tests.cli.killed, a job a line, as JSON.

Each job is forked off a process that has already imported everything, so that a thousand of them take minutes.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import webflow_orders_cli.app
from webflow_orders import models
from webflow_orders_cli import shipping

from contract_tests.client.interrupting import at_line, kill

IMPORTED = (webflow_orders_cli.app, models.Order)


def killed(number: int, is_sending: bool, run: Callable[[], int]) -> int:
    """Run, and be killed at that line, counted from the beginning, or from when the first parcel is sent."""
    if not is_sending:
        with at_line(number, kill):
            return run()
    carry_out = shipping.Shipment._carry_out

    def counted(self: shipping.Shipment, todo: Any) -> None:
        with at_line(number, kill):
            carry_out(self, todo)

    shipping.Shipment._carry_out = counted  # type: ignore[method-assign]  # In a process that ends here.
    return run()


def run(job: dict[str, Any]) -> int:
    """How the child of a job ended."""
    child = os.fork()
    if not child:
        status = 99
        try:
            output = os.open(job["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            for descriptor in (1, 2):
                os.dup2(output, descriptor)
            status = killed(job["line"], job["is_sending"], lambda: webflow_orders_cli.app.run(job["words"]))
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
