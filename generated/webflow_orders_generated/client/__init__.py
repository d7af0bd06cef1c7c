# @generated from openapi.yaml. Do not edit; run `make generate`.
"""How to ask each operation of openapi.yaml, and how to read its answer. Private: use `webflow_orders`."""
