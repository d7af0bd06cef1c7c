"""The mock, for tests of your own: `pip install 'webflow-orders[testing]'`.

With the extra installed, pytest knows the fixtures `webflow_orders_mock` (in process) and `webflow_orders_server`
(over a socket) without any import.
"""

from ._extras import needed_by

with needed_by(__name__, extra="testing"):
    from webflow_orders_mock import MockWebflow, extra, item, order

__all__ = ["MockWebflow", "extra", "item", "order"]
