"""aiohttp and json.loads: the least that many calls at once cost."""

import json
from typing import Any

import aiohttp

TOKEN, SITE = "bench-token", "580e63e98c9a982ac9b8b741"


def async_client(url: str) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {TOKEN}"})


async def get_async(client: aiohttp.ClientSession, order_id: str) -> Any:
    async with client.get(f"/v2/sites/{SITE}/orders/{order_id}") as answer:
        answer.raise_for_status()
        return json.loads(await answer.read())


async def close_async(client: aiohttp.ClientSession) -> None:
    await client.close()
