"""Runs a client in processes that are killed: python -m contract_tests.client.killed, a job a line, as JSON.

Each job is forked off a process that has already imported everything, so that a hundred of them take seconds.
"""

from __future__ import annotations

import json
import logging
import os
import ssl
import sys
from collections.abc import Callable
from typing import Any

import httpx
from webflow_orders import OrdersClient, errors
from webflow_orders._call import executor
from webflow_orders_mock import MockWebflow

from contract_tests.client.conftest import access
from contract_tests.client.failing import TRIGGER, URL, WRITES, before
from contract_tests.client.interrupting import at_line, kill

IMPORTED = executor
# Which takes longer than everything else.
TLS = ssl.create_default_context()


def client(job: dict[str, Any]) -> OrdersClient:
    return OrdersClient(
        token=job["token"], site_id=job["site"], base_url=job["url"], journal=job["journal"], rate_limit=None,
        transport=httpx.HTTPTransport(verify=TLS),
    )  # fmt: skip


def make(orders: OrdersClient, operation: str, target: str, text: str) -> None:
    """A write: of an order, with a note; or of a webhook, which has an id or is to have a URL."""
    method, noun = operation.split("-")
    if noun == "order":
        getattr(orders, method)(target, **({"comment": text} if method == "update" else {}))
    elif method == "create":
        orders.webhooks.create(text, TRIGGER)
    else:
        orders.webhooks.delete(target)


def warm_up() -> None:
    """Make each write once, of a mock without a socket: what a first call imports and prepares, no child has to."""
    httpx.HTTPTransport(verify=TLS).close()
    mock = MockWebflow()
    transport = mock.transport()
    with OrdersClient(**access(mock), transport=transport) as orders:
        for operation in WRITES:
            target, _ = before(mock, operation)
            make(orders, operation, target, URL)


def write(job: dict[str, Any], say: Callable[[Any], None]) -> None:
    """Make the writes of the job, and say of each how it ended; be killed at a line of the client."""
    with at_line(job["line"], kill), client(job) as orders:
        for operation, target, text in job["writes"]:
            try:
                make(orders, operation, target, text)
            except errors.OutcomeUnknownError:
                say("unknown")
            except errors.WebflowOrdersError:
                say("not done")
            else:
                say("done")


def settle(job: dict[str, Any], say: Callable[[Any], None]) -> None:
    """Say what was left open, and what became of it."""
    with client(job) as orders:
        say([[each.operation, each.target, each.ended, each.is_under_way] for each in orders.unsettled()])
        say([each.became for each in orders.settle()])
        say(len(orders.unsettled()))


def run(job: dict[str, Any]) -> dict[str, Any]:
    """What the child of a job said, and how it ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(reading)
            (settle if job["writes"] is None else write)(
                job, lambda said: void(os.write(writing, json.dumps(said).encode() + b"\n"))
            )
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as said:
        lines = [json.loads(line) for line in said]
    return {"said": lines, "code": os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}


def void(value: object) -> None:
    """Nothing, of what was only done."""


def main() -> None:
    logging.disable()
    warm_up()
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
