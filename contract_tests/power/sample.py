"""In which order much is measured, so that wherever one stops it is an even sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def evenly(items: Sequence[T], stride: int) -> list[T]:
    """Each of them once: every `stride`th, then what makes it every second of these strides, and so on to all."""
    numbers = range(len(items))
    strides = [numbers[:: stride >> power] for power in range(stride.bit_length())]
    return [items[number] for number in dict.fromkeys(number for each in strides for number in each)]
