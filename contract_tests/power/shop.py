"""The server under test: a mock with a defect, and what a stranger could tell a run of it. Prints its address.

python -m contract_tests.power.shop [--defect NAME]
"""

from __future__ import annotations

import argparse
import sys

from webflow_orders_mock import MockServer, MockWebflow, order

from .documents import WEBHOOKS

READER, WRITER, THROTTLED = "reader-token", "writer-token", "throttled-token"
# The id of the webhook is the one that the mock gives to the third that is made.
OTHER_ORDER, OTHER_WEBHOOK = "0ff-513", "62179ec854d723776b3f0fd5"


class Shop(MockWebflow):
    """A mock with webhooks, a second shop and three more tokens, also after a reset."""

    def reset(self) -> None:
        super().reset()
        self.add_token(READER, scopes=["ecommerce:read"], hidden=[self.site_id_of_another])
        self.add_token(WRITER, scopes=["ecommerce:write"], hidden=[self.site_id_of_another])
        self.add_token(THROTTLED, plan="basic", hidden=[self.site_id_of_another])
        self.seed(self.site_id_of_another, order(OTHER_ORDER))
        for _ in WEBHOOKS:
            self.webhooks.create(self.site_id, "ecomm_new_order", "https://example.com/webflow")
        self.webhooks.create(self.site_id_of_another, "ecomm_new_order", "https://example.com/theirs")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m contract_tests.power.shop")
    parser.add_argument("--defect")
    with MockServer(Shop(defect=parser.parse_args().defect)) as served:
        print(served.url, flush=True)
        sys.stdin.read()  # Until whoever started it closes the pipe, or is gone.


if __name__ == "__main__":
    main()
