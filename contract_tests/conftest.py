"""What every kind of test may ask for."""

from __future__ import annotations

import copy
import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import yaml

# Times on a shared machine say nothing, and CI must not be red by chance: there the cases are the same each time.
hypothesis.settings.register_profile(
    "house",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("house")
# For those to whom any counterexample will do.
hypothesis.settings.register_profile(
    "unshrunk",
    hypothesis.settings.get_profile("house"),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)

# What tests make is soon gone, and most of it without the garbage collector.
gc.set_threshold(50_000, 20, 100)

# A developer's own shop has no part in a test.
for name in ("WEBFLOW_SITE", "WEBFLOW_BASE_URL", "WEBFLOW_TOKEN"):
    os.environ.pop(name, None)

# What was started in the background ignores SIGINT, and so would the programs that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parents[1]
_SPEC = yaml.load((ROOT / "openapi.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)


# What takes seconds: programs that are started, whole runs, thousands of cases. A folder, a file, a test's beginning.
SLOW = (
    "bench/", "cli/test_ends.py", "cli/test_hooks.py", "cli/test_orders.py::test_a_reader_that_has_enough",
    "cli/test_orders.py::test_in_a_narrow", "cli/test_orders.py::test_no_value_of_a_table",
    "cli/test_output_ends.py", "cli/test_ship", "client/calls/test_fuzz.py",
    "client/calls/test_reading.py::test_any_json", "client/calls/test_requests_fit_the_spec.py",
    "client/export/test_export.py::test_a_bar", "client/export/test_joined_walks.py",
    "client/export/test_resumes.py", "client/http/test_closing.py::test_no_program", "client/http/test_forking.py",
    "client/http/test_logging.py::test_nothing_secret", "client/http/test_secrets.py::test_no_printer",
    "client/http/test_tracebacks.py::test_the_locals",
    "client/limits/test_limits.py::test_ten_thousand", "client/limits/test_many_at_once.py",
    "client/limits/test_shared_limits.py", "client/limits/test_waiting.py::test_nothing_can_stretch",
    "client/mutants/", "client/writes/test_fault_table_answers.py::test_a_bomb", "client/endings/test_interrupts.py",
    "client/endings/test_kills.py", "client/writes/test_writes_happen_once.py", "codegen/test_bodies_of_the_spec.py",
    "codegen/test_generated_is_current.py", "codegen/test_names_never_meet.py", "codegen/test_spoiled_bodies.py",
    "contract/gateway/test_causes.py::test_what_is_told", "contract/gateway/test_memory.py",
    "contract/model/test_access.py", "contract/model/test_examples.py", "contract/model/test_learned_model.py",
    "contract/model/test_model.py", "contract/model/test_the_drive.py", "contract/model/test_write_is_undone.py",
    "contract/run/test_drift.py", "contract/run/test_mutants.py", "contract/run/test_recordings.py",
    "contract/run/test_report_page.py", "contract/run/test_the_run.py", "contract/servers/",
    "contract/webhooks/test_receivers.py", "contract/webhooks/test_rounds.py", "contract/webhooks/test_senders.py",
    "contract/webhooks/test_webhooks.py::test_the_model",
    "contract/webhooks/test_webhooks.py::test_without_a_start_over",
    "mock/api/test_answers_fit_the_spec.py::test_every_order", "mock/javascript/",
    "mock/orders/test_persistence.py", "mock/orders/test_synthetic.py", "mock/test_command_line.py",
    "mock/test_defects.py", "mock/test_libraries.py", "mock/test_official_sdk.py", "mock/test_plugin.py",
    "mock/webhooks/test_deliveries.py::test_applications_of_frameworks", "mock/webhooks/test_histories.py",
    "mock/webhooks/test_living.py", "mock/webhooks/test_trigger.py::test_it_is_a_command", "packaging/", "power/",
    "spec/test_docs_command.py", "spec/test_mutants_of_the_spec.py", "spec/test_portability.py",
    "spec/test_the_comparison_sees.py", "sync/test_histories.py", "webhooks/test_histories.py",
    "webhooks/test_hostile.py", "webhooks/test_recipes.py", "webhooks/test_reconcile.py::test_a_handler_may",
    "webhooks/test_stores.py::test_after_the_dust_settles",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.removeprefix("contract_tests/").startswith(SLOW):
            item.add_marker(pytest.mark.slow)


def pytest_collection_finish() -> None:
    """The tests themselves stay to the end: the collector need not go through them again and again."""
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_is_left_being_handled() -> Iterator[None]:
    """An exception that a test leaves to its thread would be the context of every error of the tests after it."""
    yield
    assert sys.exc_info() == (None, None, None)


@pytest.fixture
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture
def spec() -> dict[str, Any]:
    """openapi.yaml, parsed; a copy that a test may change."""
    return copy.deepcopy(_SPEC)  # type: ignore[no-any-return]


@pytest.fixture
def examples(spec: dict[str, Any]) -> dict[str, Any]:
    """The example bodies of openapi.yaml by name: Order, DigitalOrder, OrderList, OrderV1, …"""
    return {name: example["value"] for name, example in spec["components"]["examples"].items()}
