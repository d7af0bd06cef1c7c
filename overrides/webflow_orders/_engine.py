"""Sends an operation until it is answered or given up: once with threads in mind, once with tasks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import TypeVar

import httpx

from . import errors
from ._call import Connection, Operation, log, lost
from .retry import RetryPolicy

T = TypeVar("T")


class Engine:
    def __init__(
        self,
        connection: Connection,
        retry: RetryPolicy,
        transport: httpx.BaseTransport | None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.connection = connection
        self._retry = retry
        self._sleep = sleep
        self._http = httpx.Client(transport=transport, **connection.client_arguments())

    def send(self, operation: Operation[T]) -> T:
        retries = 0
        while True:
            try:
                return self._attempt(operation)
            except errors.WebflowOrdersError as error:
                delay = self._retry.delay(error, retries=retries, safe=operation.safe)
                if delay is None:
                    raise
                log.info("%s; trying again in %.1f s", error, delay)
            self._sleep(delay)
            retries += 1

    def _attempt(self, operation: Operation[T]) -> T:
        started = perf_counter()
        try:
            response = self._http.request(**self.connection.request_arguments(operation.request))
        except httpx.RequestError as error:
            raise lost(error, operation.call) from error
        return self.connection.read(operation, response, started)

    def close(self) -> None:
        self._http.close()


class AsyncEngine:
    def __init__(
        self,
        connection: Connection,
        retry: RetryPolicy,
        transport: httpx.AsyncBaseTransport | None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.connection = connection
        self._retry = retry
        self._sleep = sleep
        self._http = httpx.AsyncClient(transport=transport, **connection.client_arguments())

    async def send(self, operation: Operation[T]) -> T:
        retries = 0
        while True:
            try:
                return await self._attempt(operation)
            except errors.WebflowOrdersError as error:
                delay = self._retry.delay(error, retries=retries, safe=operation.safe)
                if delay is None:
                    raise
                log.info("%s; trying again in %.1f s", error, delay)
            await self._sleep(delay)
            retries += 1

    async def _attempt(self, operation: Operation[T]) -> T:
        started = perf_counter()
        try:
            response = await self._http.request(**self.connection.request_arguments(operation.request))
        except httpx.RequestError as error:
            raise lost(error, operation.call) from error
        return self.connection.read(operation, response, started)

    async def close(self) -> None:
        await self._http.aclose()
