"""Webflow's own JavaScript SDKs, pointed at the mock over a real socket: every operation of v2 and v1."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from webflow_orders_mock import OPERATIONS, MockServer, MockWebflow

HERE = Path(__file__).parent
Drive = Callable[..., list[dict[str, Any]]]


@pytest.fixture(params=["documented", "observed"])
def served(request: pytest.FixtureRequest) -> Iterator[MockServer]:
    with MockServer(MockWebflow(dialect=request.param)) as server:
        yield server


@pytest.fixture
def drive(node: str, served: MockServer) -> Drive:
    """Make calls with the SDK of one major version; the answer or the error of each."""

    def drive(major: int, *calls: list[Any]) -> list[dict[str, Any]]:
        task = {"major": major, "url": served.url, "token": served.mock.token, "calls": calls}
        done = subprocess.run(
            [node, "drive.mjs", json.dumps(task)], cwd=HERE, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    return drive


@pytest.mark.parametrize("major", [3, 2])
def test_it_drives_an_order_through_its_life(drive: Drive, served: MockServer, major: int) -> None:
    site, order = served.mock.site_id, "dfa-3f1"
    done = drive(
        major,
        ["list", site, {"status": "unfulfilled", "offset": 1, "limit": 2}],
        ["get", site, order],
        ["update", site, order, {"comment": "x", "shippingTrackingUrl": "https://snailpost.example/1"}],
        ["updateFulfill", site, order, {"sendOrderFulfilledEmail": True}],
        ["updateUnfulfill", site, order],
        ["refund", site, order, {"reason": "requested"}],
    )
    assert [each for each in done if "error" in each] == []
    page, before, updated, fulfilled, unfulfilled, refunded = (each["answer"] for each in done)
    assert [each["status"] for each in page["orders"]] == ["unfulfilled"] * 2
    assert (page["pagination"]["limit"], page["pagination"]["offset"]) == (2, 1)
    assert (before["orderId"], before["status"]) == (order, "unfulfilled")
    assert (updated["comment"], updated["shippingTrackingUrl"]) == ("x", "https://snailpost.example/1")
    assert (fulfilled["status"], unfulfilled["status"], refunded["status"]) == (
        "fulfilled",
        "unfulfilled",
        "refunded",
    )
    assert refunded["stripeDetails"]["refundReason"] == "requested_by_customer"
    assert served.mock.orders[site, order].status == "refunded"
    assert [entry.operation_id for entry in served.mock.ledger] == [
        name for name in OPERATIONS if name.endswith(("-order", "-orders"))
    ]
    assert [entry.applied for entry in served.mock.ledger] == [False, False, True, True, True, True]


@pytest.mark.parametrize("major", [3, 2])
def test_it_raises_its_own_errors_from_our_bodies(drive: Drive, served: MockServer, major: int) -> None:
    site = served.mock.site_id
    done = drive(
        major,
        ["get", site, "nope"],
        ["updateUnfulfill", site, "dfa-3f1"],
        ["list", site, {"limit": 1000}],
        ["get", "0" * 24, "dfa-3f1"],
    )
    found = [(each["error"]["name"], each["error"]["status"], each["error"]["body"]["code"]) for each in done]
    assert found == [
        ("NotFoundError", 404, "resource_not_found"),
        ("ConflictError", 409, "conflict"),
        ("BadRequestError", 400, "validation_error"),
        ("NotFoundError", 404, "resource_not_found"),
    ]


@pytest.mark.parametrize("major", [1, 0])
def test_the_sdks_of_v1_read_orders_by_their_paths(drive: Drive, served: MockServer, major: int) -> None:
    site = served.mock.site_id
    page, one, missing = drive(
        major,
        ["get", f"/sites/{site}/orders", {"limit": 3}],
        ["get", f"/sites/{site}/order/dfa-3f1"],
        ["get", f"/sites/{site}/order/nope"],
    )
    assert len(page["answer"]) == 3
    assert one["answer"]["orderId"] == "dfa-3f1"
    assert "404" in missing["error"]["message"] or missing["error"]["status"] == 404
    assert [entry.operation_id for entry in served.mock.ledger] == [
        "list-orders-v1",
        "get-order-v1",
        "get-order-v1",
    ]
