# @generated from openapi.yaml. Do not edit; run `make generate`.
"""What reading a body can raise."""


class UnexpectedBody(ValueError):
    """A body that is not the JSON that was promised. The message never quotes it."""
