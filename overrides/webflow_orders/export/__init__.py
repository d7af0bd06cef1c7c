"""All orders of a site into a file: what `OrdersClient.export` does.

NDJSON has one order a line, as the server sent it. Parquet (`pip install 'webflow-orders[export]'`) has typed columns
for what is asked for most, and the whole order as JSON in the column `raw`.

With `tables=True`, the orders become five tables instead, a file each in a folder, in CSV, NDJSON or Parquet; see
`webflow_orders.tables`.

The API pages by offset and says nothing of the order of its list, which changes meanwhile. So pages overlap by one:
where the first order of a page is not known already, others have left the list before it, and the walk goes back
until it finds one that is. At the end it reads the head of the list too, where new orders are if the newest come
first, down to what it had before. Each order is written once.

What is left: with a `status` that filters, an order that enters the list in the middle while the export runs can be
missed, and one that leaves it can be in the file or not.
"""

from .options import Export, Format

__all__ = ["Export", "Format"]
