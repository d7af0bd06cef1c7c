"""Keeps what answers look like, and nothing that they say: `Recorder("orders.ndjson").transport()`."""

from .gateway.recorder import Recorder

__all__ = ["Recorder"]
