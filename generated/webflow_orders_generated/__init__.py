# @generated from openapi.yaml. Do not edit; run `make generate`.
"""Everything that is generated from openapi.yaml. Private."""
