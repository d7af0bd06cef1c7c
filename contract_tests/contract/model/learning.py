"""Lets the model learn a server, and judge it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from webflow_orders_contract.description import read
from webflow_orders_contract.gateway.exchange import Failure
from webflow_orders_contract.gateway.proxy import Gateway
from webflow_orders_contract.gateway.validator import Validator
from webflow_orders_contract.model import examples
from webflow_orders_contract.model.checker import ModelChecker
from webflow_orders_contract.model.learned import LearnedChecker
from webflow_orders_contract.model.machine import AnyServersMachine
from webflow_orders_contract.model.runner import ModelResult, run
from webflow_orders_mock import MockWebflow

from contract_tests.contract.conftest import gateway_to


def judged(mock: MockWebflow, *, reset: bool = True, sequences: int = 8) -> ModelResult:
    with gateway_to(mock, reset="/_mock/reset" if reset else None) as gateway:
        return learn(gateway, sequences)


def noticed(mock: MockWebflow, *by: Callable[[ModelChecker], None]) -> Failure:
    """What is said of a server that cannot start over, by these of the examples."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(examples, "EXAMPLES", by)
        failure = judged(mock, reset=False, sequences=1).failure
    assert failure is not None
    return failure


def learn(gateway: Gateway, sequences: int) -> ModelResult:
    checker = LearnedChecker(gateway, Validator(read()))
    try:
        return run(checker, seed=1, sequences=sequences, machine=AnyServersMachine)
    finally:
        checker.close()
