"""What `unsettled` and `settle` of a client return: the entries of its write journal, and what became of them."""

from ._call.journal import Settlement, UnsettledWrite

__all__ = ["Settlement", "UnsettledWrite"]
