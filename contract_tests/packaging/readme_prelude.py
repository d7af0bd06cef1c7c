"""What the READMEs' Python takes for granted: the names that a user's own program would have given."""

import logging

from webflow_orders.testing import MockWebflow, client

mock = MockWebflow()
orders = client(mock)
order_id = "dfa-3f1"
log = logging.getLogger("shop")


def alert(text: str) -> None:
    log.critical(text)
