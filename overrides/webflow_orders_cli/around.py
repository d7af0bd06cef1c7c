"""What is not about one's orders: whoami, the mock, the contract run."""

from __future__ import annotations

import importlib
from typing import Annotated

from cyclopts import Parameter
from webflow_orders import OrdersClient, errors, outcome_of

from .orders import JsonFlag
from .shop import Shop
from .terminal import print_json, print_pairs

Words = Annotated[str, Parameter(show=False, allow_leading_hyphen=True)]
# An order that cannot be: ids are hexadecimal.
NOBODY = "who-ami"


def whoami(*, json_: JsonFlag = False, shop: Shop = Shop()) -> None:
    """Say what the token may do, and how many requests a minute are left.

    To see whether it may write, it asks to change an order that cannot exist.

    Args:
        json_: As one object on a line.
    """
    # In memory: an answer that goes missing here leaves nothing in doubt.
    with shop.connect(journal=None) as orders:
        page = orders.list(limit=1)
        may_write = _may_write(orders)
        site = orders.site_id
    headers = outcome_of(page).raw.headers
    allowed, left = (headers.get(f"x-ratelimit-{name}") for name in ("limit", "remaining"))
    source = "the mock" if shop.mock else shop.account().source
    if json_:
        print_json({"site": site, "source": source, "orders": page.pagination.total, "mayRead": True,
                    "mayWrite": may_write, "requestsPerMinute": allowed, "requestsLeft": left})  # fmt: skip
        return
    words = {
        True: "read and write",
        False: "read; the scope ecommerce:write is missing",
        None: "read; not known whether write",
    }
    print_pairs([
        ("Site", site), ("Token from", source), ("Orders", page.pagination.total), ("May", words[may_write]),
        ("Requests a minute", allowed), ("Left of them", left),
    ])  # fmt: skip


def _may_write(orders: OrdersClient) -> bool | None:
    try:
        orders.with_options(confirm=False).update(NOBODY, comment="")
    except errors.NotFoundError:
        return True
    except errors.PermissionDeniedError:
        return False
    except errors.WebflowOrdersError:
        pass
    return None


def mock(*words: Words) -> int:
    """Serve a mock of Webflow on 127.0.0.1; `mock --help` has its options."""
    return _main("webflow_orders_mock", words)


def contract(*words: Words) -> int:
    """Hold a server to the contract; `contract --help` has its options."""
    return _main("webflow_orders_contract", words)


def _main(package: str, words: tuple[str, ...]) -> int:
    try:
        status: int = importlib.import_module(f"{package}.__main__").main(words)
    except SystemExit as ended:  # As argparse does for --help.
        return ended.code if isinstance(ended.code, int) else 1
    return status
