"""Do the README's recipes work in the frameworks that they are for, over HTTP?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from webflow_orders import webhooks
from webflow_orders_mock import MockWebflow

from contract_tests.webhooks.deliveries import SECRET, envelope, order
from contract_tests.webhooks.serving import RECIPES, module_of, recipe, surroundings

PLACED = envelope(order("aaa-111"), "ecomm_new_order")


@pytest.fixture
def mock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MockWebflow:
    return surroundings(monkeypatch, tmp_path, SECRET)


@pytest.fixture(params=RECIPES)
def http(request: pytest.FixtureRequest, mock: MockWebflow) -> Iterator[httpx.Client]:
    served = RECIPES[request.param](module_of(request.param))
    with served as url, httpx.Client(base_url=url, trust_env=False, timeout=120) as http:
        yield http


def test_a_recipe_answers_as_webflow_wants_it(http: httpx.Client, capsys: pytest.CaptureFixture[str]) -> None:
    def post(body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        return http.post(
            "/hook", content=body, headers=webhooks.sign(body, SECRET) if headers is None else headers
        )

    capsys.readouterr()
    answers = [post(PLACED), post(PLACED)]
    assert [(each.status_code, each.text) for each in answers] == [(200, "handled"), (200, "ignored: repeat")]
    assert answers[0].headers["content-type"].startswith("text/plain")
    assert capsys.readouterr().out.count("aaa-111") == 1
    assert post(PLACED, {}).status_code == 400
    assert post(PLACED, webhooks.sign(PLACED, "another")).text.startswith("wrong signature")
    assert post(b"\xff").text.startswith("not JSON")
    signed = {**webhooks.sign(PLACED, SECRET), "x-webflow-signature": ("é" * 64).encode("latin-1")}
    assert http.post("/hook", content=PLACED, headers=signed).status_code == 400
    assert post(b" " * 3_000_000).status_code in (400, 413)
    assert http.get("/hook").status_code in (400, 405)


def test_the_recipe_for_starlette_reads_what_was_missed(
    mock: MockWebflow, capsys: pytest.CaptureFixture[str]
) -> None:
    with RECIPES["starlette.applications"](module_of("starlette.applications")) as url:
        httpx.get(
            f"{url}/hook", trust_env=False, timeout=120
        )  # It is answered when the application has started.
    still_open = [
        order_id
        for (site, order_id), each in mock.orders.items()
        if site == mock.site_id and each.status in ("pending", "unfulfilled", "disputed")
    ]
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(still_open) > 5
    assert all(line.startswith("NewOrder(") for line in printed)


@pytest.mark.parametrize("framework", RECIPES)
def test_a_recipe_takes_a_dozen_lines(framework: str) -> None:
    lines = [
        line
        for line in recipe(framework).text.splitlines()
        if line and not line.startswith(("import", "from"))
    ]
    assert len(lines) <= 12
