"""What the READMEs' Python takes for granted: the names that a user's own program would have given."""

import logging
import os

from webflow_orders.testing import MockWebflow, client

mock = MockWebflow()
orders = client(mock)
order_id = "dfa-3f1"
log = logging.getLogger("shop")
os.environ["WEBFLOW_WEBHOOK_SECRET"] = "5ecre7"


def alert(text: str) -> None:
    log.critical(text)
