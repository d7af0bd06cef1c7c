"""Lets the model learn a server, and judge it."""

from __future__ import annotations

from webflow_orders_contract.description import read
from webflow_orders_contract.gateway.proxy import Gateway
from webflow_orders_contract.gateway.validator import Validator
from webflow_orders_contract.model.learned import LearnedChecker
from webflow_orders_contract.model.machine import AnyServersMachine
from webflow_orders_contract.model.runner import ModelResult, run
from webflow_orders_mock import MockWebflow

from contract_tests.contract.conftest import gateway_to


def judged(mock: MockWebflow, *, reset: bool = True, sequences: int = 8) -> ModelResult:
    with gateway_to(mock, reset="/_mock/reset" if reset else None) as gateway:
        return learn(gateway, sequences)


def learn(gateway: Gateway, sequences: int) -> ModelResult:
    checker = LearnedChecker(gateway, Validator(read()))
    try:
        return run(checker, seed=1, sequences=sequences, machine=AnyServersMachine)
    finally:
        checker.close()
