"""Who gets in, and who is told what."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from webflow_orders_mock import OPERATIONS, MockWebflow

Connect = Callable[..., httpx.Client]
SCOPES = sorted({each.scope for each in OPERATIONS.values() if each.scope})
BODIES = {
    "update-order": {"comment": "x"},
    "create-webhook": {"triggerType": "ecomm_new_order", "url": "https://a"},
}


def _call(client: httpx.Client, operation_id: str, mock: MockWebflow) -> httpx.Response:
    operation = OPERATIONS[operation_id]
    hook = mock.webhooks.create(mock.site_id, "ecomm_new_order", "https://shop.example/hook")
    path = operation.path.format(site_id=mock.site_id, order_id="dfa-3f1", webhook_id=hook.webhook_id)
    return client.request(operation.method, path, json=BODIES.get(operation_id))


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_without_a_token_every_operation_is_401(
    operation_id: str, mock: MockWebflow, connect: Connect
) -> None:
    answer = _call(connect(mock, token=None), operation_id, mock)
    assert answer.status_code == 401
    assert "X-RateLimit-Limit" not in answer.headers


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        "Basic mock-token",
        "mock-token",
        "Bearer mock-token, Bearer x",
    ],
)
def test_a_header_that_holds_no_valid_token_is_401(
    header: str, mock: MockWebflow, connect: Connect, orders_url: str
) -> None:
    answer = connect(mock, token=None).get(orders_url, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authorized")


def test_the_word_bearer_may_be_written_in_any_case(
    mock: MockWebflow, connect: Connect, orders_url: str
) -> None:
    answer = connect(mock, token=None).get(orders_url, headers={"Authorization": f"bearer {mock.token}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("operation_id", [name for name, each in OPERATIONS.items() if each.version == "v2"])
@pytest.mark.parametrize("scopes", [(), *((each,) for each in SCOPES), SCOPES])
def test_v2_asks_for_the_scope_of_the_operation_and_names_it(
    operation_id: str, scopes: tuple[str, ...], mock: MockWebflow, connect: Connect
) -> None:
    mock.seed(mock.site_id, {"orderId": "dfa-3f1", "status": "unfulfilled"})
    mock.add_token("limited", scopes=scopes)
    needed = OPERATIONS[operation_id].scope
    answer = _call(connect(mock, "limited"), operation_id, mock)
    if needed in scopes:
        assert answer.status_code in (200, 201, 204, 409)
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_scopes")
        assert answer.json()["message"].endswith(f" - {needed}")


def test_v1_knows_no_scopes(mock: MockWebflow, connect: Connect, v1_url: str) -> None:
    mock.add_token("limited", scopes=())
    assert connect(mock, "limited").get(v1_url + "/orders").status_code == 200


@pytest.mark.parametrize("base", ["/v2/sites", "/sites"])
def test_a_site_that_is_not_there_and_one_of_somebody_else_answer_alike(
    base: str, mock: MockWebflow, client: httpx.Client, connect: Connect
) -> None:
    unknown = client.get(f"{base}/{'0' * 24}/orders")
    foreign = client.get(f"{base}/{mock.site_id_of_another}/orders")
    assert unknown.status_code == foreign.status_code == 404
    assert unknown.text.replace("0" * 24, "") == foreign.text.replace(mock.site_id_of_another, "")
    owner = connect(mock, mock.token_of_another)
    assert owner.get(f"{base}/{mock.site_id_of_another}/orders").status_code == 200
    assert owner.get(f"{base}/{mock.site_id}/orders").status_code == 404


def test_a_token_for_some_sites_sees_no_other(mock: MockWebflow, connect: Connect, orders_url: str) -> None:
    mock.add_token("narrow", sites=["0" * 24])
    mock.add_site("0" * 24)
    assert connect(mock, "narrow").get(f"/v2/sites/{'0' * 24}/orders").status_code == 200
    assert connect(mock, "narrow").get(orders_url).status_code == 404


def test_a_site_without_a_shop_is_409_in_v2_and_404_in_v1_which_has_no_409(
    mock: MockWebflow, client: httpx.Client
) -> None:
    v2 = client.get(f"/v2/sites/{mock.site_id_without_shop}/orders")
    assert (v2.status_code, v2.json()["code"]) == (409, "ecommerce_not_enabled")
    assert client.get(f"/sites/{mock.site_id_without_shop}/orders").status_code == 404


@pytest.mark.parametrize("token", ["", "two words", "zwölf", "tab\t", "line\n"])
def test_a_token_that_no_header_can_carry_is_refused(token: str, mock: MockWebflow) -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        mock.add_token(token)


def test_an_unknown_scope_or_plan_is_refused(mock: MockWebflow) -> None:
    with pytest.raises(ValueError, match="no scope 'orders:read'"):
        mock.add_token("t", scopes=["orders:read"])
    with pytest.raises(ValueError, match="no plan 'gold'"):
        mock.add_token("t", plan="gold")


def test_the_checks_come_in_the_order_that_is_written_down(mock: MockWebflow, connect: Connect) -> None:
    """Each request is wrong in all the ways that are still to come."""
    bad = connect(mock, "wrong")
    assert bad.delete("/v2/nowhere").status_code == 404
    assert bad.delete("/v2/sites/bad/orders").status_code == 405
    assert bad.get("/v2/sites/bad/orders").status_code == 401
    mock.add_token("poor", scopes=(), plan="enterprise:1")
    poor = connect(mock, "poor")
    assert poor.get("/v2/sites/bad/orders").status_code == 403
    assert poor.get("/v2/sites/bad/orders").status_code == 429
    good = connect(mock)
    assert good.post("/v2/sites/bad/orders/x/fulfill", content=b"{").status_code == 400
    assert good.post(f"/v2/sites/{'0' * 24}/orders/x/fulfill", content=b"{").status_code == 404
    shopless = f"/v2/sites/{mock.site_id_without_shop}/orders/x/fulfill"
    assert good.post(shopless, content=b"{").status_code == 409
    url = f"/v2/sites/{mock.site_id}/orders"
    assert good.post(f"{url}/x/fulfill", content=b"{").status_code == 400
    assert good.post(f"{url}/x/fulfill").status_code == 404
    assert good.post(f"{url}/7c1-9fd/fulfill").status_code == 409
