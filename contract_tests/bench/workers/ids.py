"""Ids of orders by number."""


def order_id(index: int) -> bytes:
    """Three groups of three hexadecimal digits, as shops with very many orders have."""
    digits = b"%09x" % index
    return b"-".join((digits[:3], digits[3:6], digits[6:]))
