"""Does a server keep the contract of `openapi.yaml`? `python -m webflow_orders_contract` finds out and reports."""
