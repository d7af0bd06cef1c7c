"""A client of httpx and one of httpx2 are answered alike, by a transport that was made for either."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import httpx
import pytest
from webflow_orders_mock import MockWebflow

httpx2 = pytest.importorskip("httpx2", exc_type=ImportError)
LIBRARIES = {"httpx": httpx, "httpx2": httpx2}
URL = f"https://api.webflow.com/v2/sites/{MockWebflow.site_id}/orders"
HEADERS = {"Authorization": "Bearer mock-token"}


def _transports(mock: MockWebflow) -> dict[str, Any]:
    return {"plain": mock.transport(), **{name: mock.transport(each) for name, each in LIBRARIES.items()}}


@pytest.mark.parametrize("made_for", ["plain", "httpx", "httpx2"])
@pytest.mark.parametrize("name", LIBRARIES)
def test_a_client_of_either_is_answered_in_its_own_library(
    name: str, made_for: str, mock: MockWebflow
) -> None:
    library = LIBRARIES[name]
    transport = _transports(mock)[made_for]
    with library.Client(transport=transport, headers=HEADERS) as client:
        read = client.get(f"{URL}?limit=2&offset=1")
        written = client.post(f"{URL}/dfa-3f1/fulfill", json={"sendOrderFulfilledEmail": False})
        refused = client.get(URL, headers={"Authorization": "Bearer nobody"})
    assert all(isinstance(each, library.Response) for each in (read, written, refused))
    assert [each.status_code for each in (read, written, refused)] == [200, 200, 401]
    assert (len(read.json()["orders"]), written.json()["status"]) == (2, "fulfilled")


@pytest.mark.parametrize("made_for", ["plain", "httpx", "httpx2"])
@pytest.mark.parametrize("name", LIBRARIES)
def test_an_async_client_of_either_likewise(name: str, made_for: str, mock: MockWebflow) -> None:
    library = LIBRARIES[name]

    async def patched() -> Any:
        transport = _transports(mock)[made_for]
        async with library.AsyncClient(transport=transport, headers=HEADERS) as client:
            return await client.patch(f"{URL}/dfa-3f1", json={"comment": "x"})

    answer = asyncio.run(patched())
    assert isinstance(answer, library.Response)
    assert (answer.status_code, answer.json()["comment"]) == (200, "x")


def test_the_library_that_is_asked_for_decides_what_the_transport_is(mock: MockWebflow) -> None:
    plain, first, second = _transports(mock).values()
    for each in (plain, first):
        assert isinstance(each, httpx.BaseTransport)
        assert isinstance(each, httpx.AsyncBaseTransport)
        assert not isinstance(each, httpx2.BaseTransport)
    assert isinstance(second, httpx2.BaseTransport)
    assert isinstance(second, httpx2.AsyncBaseTransport)
    assert not isinstance(second, httpx.BaseTransport)


@pytest.mark.parametrize("name", LIBRARIES)
def test_either_will_do_without_the_other_and_is_not_imported_unasked(name: str) -> None:
    other = next(each for each in LIBRARIES if each != name)
    program = (
        f"import sys; sys.modules[{other!r}] = None; from webflow_orders_mock import MockWebflow; "
        f"mock = MockWebflow(); assert {name!r} not in sys.modules; import {name} as library; "
        f"client = library.Client(transport=mock.transport(), headers={HEADERS!r}); "
        f"assert client.get({URL!r}).json()['pagination']['total'] == 27"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
