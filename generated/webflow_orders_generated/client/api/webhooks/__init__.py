# @generated from openapi.yaml. Do not edit; run `make generate`.
"""How to ask each operation tagged webhooks."""

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import create_webhook as create_webhook
    from . import delete_webhook as delete_webhook
    from . import get_webhook as get_webhook
    from . import list_webhooks as list_webhooks

__all__ = ("list_webhooks", "create_webhook", "get_webhook", "delete_webhook")


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(name)
    return importlib.import_module(f".{name}", __name__)
