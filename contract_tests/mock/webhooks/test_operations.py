"""The four operations of webhooks: what they make, show, limit and remove."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from webflow_orders_mock import MockWebflow

Connect = Callable[..., httpx.Client]
URL = "https://shop.example/hook"
ASKED = {"triggerType": "ecomm_new_order", "url": URL}


@pytest.fixture
def hooks_url(mock: MockWebflow) -> str:
    return f"/v2/sites/{mock.site_id}/webhooks"


def test_one_is_made_shown_without_its_secret_and_removed(
    mock: MockWebflow, client: httpx.Client, hooks_url: str
) -> None:
    made = client.post(hooks_url, json=ASKED)
    assert made.status_code == 201
    hook = made.json()
    assert re.fullmatch("[0-9a-f]{64}", hook.pop("secretKey"))
    assert hook == {
        "id": hook["id"], "triggerType": "ecomm_new_order", "siteId": mock.site_id,
        "workspaceId": "580e63fc8c9a982ac9b8b745", "filter": None, "lastTriggered": None,
        "createdOn": "2025-03-21T12:00:00.000Z", "url": URL,
    }  # fmt: skip
    one = f"/v2/webhooks/{hook['id']}"
    assert client.get(one).json() == hook
    assert client.get(hooks_url).json() == {"webhooks": [hook]}
    removed = client.delete(one)
    assert (removed.status_code, removed.content) == (204, b"")
    assert "Content-Type" not in removed.headers
    assert [client.get(one).status_code, client.delete(one).status_code] == [404, 404]
    assert client.get(hooks_url).json() == {"webhooks": []}


def test_the_documented_list_counts_itself(connect: Connect) -> None:
    mock = MockWebflow(dialect="documented")
    mock.webhooks.create(mock.site_id, "form_submission", URL, filter={"name": "News"})
    page = connect(mock).get(f"/v2/sites/{mock.site_id}/webhooks").json()
    assert page["pagination"] == {"limit": 100, "offset": 0, "total": 1}
    assert (page["webhooks"][0]["triggerType"], page["webhooks"][0]["filter"]) == (
        "form_submission",
        {"name": "News"},
    )


def test_the_same_twice_is_two_and_a_trigger_has_75(client: httpx.Client, hooks_url: str) -> None:
    ids = {client.post(hooks_url, json=ASKED).json()["id"] for _ in range(75)}
    assert len(ids) == 75
    refused = client.post(hooks_url, json=ASKED)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert client.post(hooks_url, json={**ASKED, "triggerType": "ecomm_order_changed"}).status_code == 201
    assert client.delete(f"/v2/webhooks/{ids.pop()}").status_code == 204
    assert client.post(hooks_url, json=ASKED).status_code == 201


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"url": URL},
        {**ASKED, "triggerType": "form_submission"},
        {**ASKED, "url": "shop.example"},
        {**ASKED, "url": "http://["},
        [],
    ],
)
def test_what_cannot_be_registered_is_refused(
    mock: MockWebflow, client: httpx.Client, hooks_url: str, sent: Any
) -> None:
    assert client.post(hooks_url, json=sent).status_code == 400
    assert len(mock.webhooks) == 0


def test_a_site_needs_no_shop_and_somebody_elses_is_hidden(mock: MockWebflow, client: httpx.Client) -> None:
    assert client.post(f"/v2/sites/{mock.site_id_without_shop}/webhooks", json=ASKED).status_code == 201
    theirs = mock.webhooks.create(mock.site_id_of_another, "ecomm_new_order", URL).webhook_id
    assert client.get(f"/v2/sites/{mock.site_id_of_another}/webhooks").status_code == 404
    for method in ("GET", "DELETE"):
        refused = client.request(method, f"/v2/webhooks/{theirs}")
        assert (refused.status_code, refused.json()["message"]) == (
            404,
            "Requested resource not found: The webhook cannot be found",
        )
    assert mock.webhooks.get(theirs) is not None


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("trouble", ["outage", "latency", "malformed"])
def test_trouble_says_whether_it_is_carried_out(mock: MockWebflow, applied: bool, trouble: str) -> None:
    kept = mock.webhooks.create(mock.site_id, "ecomm_new_order", URL).webhook_id
    given: Any = {"applied": applied, **({"seconds": 1} if trouble == "latency" else {})}
    with httpx.Client(transport=mock.transport(sleep=lambda _: None), base_url="http://mock",
                      headers={"Authorization": f"Bearer {mock.token}"}) as client:  # fmt: skip
        getattr(mock.faults, trouble)(operation="create-webhook", **given)
        client.post(f"/v2/sites/{mock.site_id}/webhooks", json=ASKED)
        assert len(mock.webhooks) == 1 + applied
        getattr(mock.faults, trouble)(operation="delete-webhook", **given)
        client.delete(f"/v2/webhooks/{kept}")
        assert (mock.webhooks.get(kept) is None) is applied
    assert [(entry.operation_id, entry.applied) for entry in mock.ledger] == [
        ("create-webhook", applied),
        ("delete-webhook", applied),
    ]
