"""Receivers over HTTP, on a free port of 127.0.0.1; and those of the README's recipes."""

from __future__ import annotations

import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import uvicorn
import webflow_orders
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from webflow_orders.testing import async_client
from webflow_orders_mock import MockWebflow

from contract_tests.packaging.documents import Block, blocks


class Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on standard error."""


@contextmanager
def running(server: Any, port: int) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def over_wsgi(application: Any) -> AbstractContextManager[str]:
    server = make_server("127.0.0.1", 0, application, handler_class=Silent)
    return running(server, server.server_port)


@contextmanager
def over_asgi(application: Any, lifespan: Any = "off") -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(application, log_level="critical", lifespan=lifespan))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


# ---------------------------------------------------------------- recipes


def recipe(framework: str) -> Block:
    (block,) = (
        block
        for block in blocks()
        if "overrides_webflow_orders_webhooks" in block.name
        and re.search(rf"^from {framework}\.?", block.text, re.M)
    )
    return block


def module_of(framework: str) -> ModuleType:
    """The recipe, run. Its secret is in the environment, and its store in the working directory."""
    block = recipe(framework)
    module = ModuleType(f"recipe_for_{framework}")
    exec(compile(block.text, block.name, "exec"), vars(module))
    return module


def surroundings(monkeypatch: pytest.MonkeyPatch, folder: Path, secret: str) -> MockWebflow:
    """What a recipe finds: a secret, a folder for its store, and an API."""
    mock = MockWebflow()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("WEBFLOW_WEBHOOK_SECRET", secret)
    monkeypatch.setattr(
        webflow_orders, "AsyncOrdersClient", lambda **given: async_client(mock, **given), raising=False
    )
    return mock


def over_django(module: ModuleType) -> AbstractContextManager[str]:
    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=module.__name__, LOGGING_CONFIG=None)
    settings.ROOT_URLCONF = module.__name__
    sys.modules[module.__name__] = module
    return over_wsgi(WSGIHandler())


RECIPES: dict[str, Callable[[ModuleType], AbstractContextManager[str]]] = {
    "fastapi": lambda module: over_asgi(module.app),
    "starlette.applications": lambda module: over_asgi(module.app, "on"),
    "flask": lambda module: over_wsgi(module.app),
    "django": over_django,
}
