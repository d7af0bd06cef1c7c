"""What the READMEs' Python takes for granted: the names and files that a user would have."""

import logging
import os
from pathlib import Path

from webflow_orders.testing import MockWebflow, client

mock = MockWebflow()
orders = client(mock)
order_id = "dfa-3f1"
log = logging.getLogger("shop")
os.environ["WEBFLOW_WEBHOOK_SECRET"] = "5ecre7"
Path("parcels.csv").write_text("order,tracking\ndfa-3f1,TR1\n")


def alert(text: str) -> None:
    log.critical(text)
