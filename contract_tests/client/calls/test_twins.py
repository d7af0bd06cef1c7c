"""Are the clients that block and those that await alike, and does each operation have its method?"""

from __future__ import annotations

import inspect
import subprocess
import sys
from typing import Any

import pytest
import webflow_orders
from webflow_orders import AsyncOrdersClient, OrdersClient, models, v1
from webflow_orders._clients.awaiting import AsyncWebhooks
from webflow_orders._clients.blocking import Webhooks

CLIENTS = [(OrdersClient, AsyncOrdersClient), (v1.OrdersClient, v1.AsyncOrdersClient)]
PAIRS = [*CLIENTS, (Webhooks, AsyncWebhooks)]


def public(kind: type[Any]) -> dict[str, Any]:
    return {
        name: getattr(kind, name)
        for name in dir(kind)
        if not name.startswith("_") and callable(getattr(kind, name))
    }


@pytest.mark.parametrize(("blocking", "awaiting"), PAIRS)
def test_both_have_the_same_methods(blocking: type[Any], awaiting: type[Any]) -> None:
    assert public(blocking).keys() == public(awaiting).keys()


@pytest.mark.parametrize(
    ("blocking", "awaiting", "name"), [(*pair, name) for pair in PAIRS for name in sorted(public(pair[0]))]
)
def test_both_take_the_same_arguments(blocking: type[Any], awaiting: type[Any], name: str) -> None:
    one, other = inspect.signature(public(blocking)[name]), inspect.signature(public(awaiting)[name])
    assert one.parameters == other.parameters
    if name not in ("iter", "for_site", "with_options"):
        assert one.return_annotation == other.return_annotation
    doc = inspect.getdoc(public(blocking)[name])
    assert doc == inspect.getdoc(public(awaiting)[name])
    assert doc


@pytest.mark.parametrize(("blocking", "awaiting"), CLIENTS)
def test_both_are_made_with_the_same_arguments(blocking: type[Any], awaiting: type[Any]) -> None:
    one, other = (inspect.signature(kind.__init__).parameters for kind in (blocking, awaiting))
    assert list(one) == list(other)
    differ = {name for name in one if one[name].replace(annotation="") != other[name].replace(annotation="")}
    assert differ == {"sleep"}


@pytest.mark.parametrize("name", ["OrdersClient", "AsyncOrdersClient"])
def test_whoever_makes_a_client_of_v1_is_warned(name: str) -> None:
    with pytest.warns(DeprecationWarning, match=f"2025-03-31: use webflow_orders.{name}"):
        getattr(v1, name)(token="t", site_id="580e63e98c9a982ac9b8b741")


def test_the_public_names_are_these_sorted() -> None:
    assert webflow_orders.__all__ == sorted(webflow_orders.__all__) == dir(webflow_orders)
    assert len(webflow_orders.__all__) <= 15
    assert all(getattr(webflow_orders, name) is not None for name in webflow_orders.__all__)
    assert models.__all__ == sorted(models.__all__) == dir(models)
    for module in (webflow_orders, models):
        with pytest.raises(AttributeError, match="no attribute 'nothing'"):
            module.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_client_imports_nothing_that_the_first_call_does_not_need() -> None:
    script = """
import sys
from webflow_orders import OrdersClient
OrdersClient(token="t", site_id="580e63e98c9a982ac9b8b741").close()
print(*sorted(name for name in sys.modules if name.startswith(("webflow_orders", "asyncio", "pydantic", "rich"))))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    # rich comes with httpx where its command line is installed.
    assert not {name for name in loaded if name.startswith(("asyncio", "pydantic"))}
    assert not {name for name in loaded if ".models." in name or ".orders." in name}
    assert "webflow_orders._clients.awaiting" not in loaded


def test_models_exports_every_schema_that_a_user_can_meet() -> None:
    from webflow_orders_generated.client import models as generated

    private = {
        name
        for name in generated.__all__
        if name.endswith(("Request", "TriggerType")) or name.startswith("Error")
    }
    assert set(models.__all__) == set(generated.__all__) - private
