"""Amounts, as a shop displays them.

`$ 68.44 USD` is the observed form, and so are the comma and the no-break spaces of `zł 0,00 PLN`. Assumed:
that every currency follows, and that the smallest unit is that of ISO 4217, so a yen has no hundredths.
"""

from __future__ import annotations

from typing import Any

# unit: sign, decimals, decimal mark, thousands mark, blank
CURRENCIES = {
    "USD": ("$", 2, ".", ",", " "),
    "GBP": ("£", 2, ".", ",", " "),
    "EUR": ("€", 2, ",", ".", " "),
    "PLN": ("zł", 2, ",", "\u00a0", "\u00a0"),
    "JPY": ("¥", 0, ".", ",", " "),
    "KWD": ("KD", 3, ".", ",", " "),
}


def price(value: int, unit: str) -> dict[str, Any]:
    """A price as the API sends it: `{unit, value, string}`, with `value` in the smallest unit."""
    return {"unit": unit, "value": value, "string": displayed(value, unit)}


def displayed(value: int, unit: str) -> str:
    sign, decimals, mark, thousands, blank = CURRENCIES.get(unit, (unit, 2, ".", ",", " "))
    whole, rest = divmod(abs(value), 10**decimals)
    number = f"{whole:,}".replace(",", thousands) + (f"{mark}{rest:0{decimals}}" if decimals else "")
    return f"{'-' if value < 0 else ''}{sign}{blank}{number}{blank}{unit}"
