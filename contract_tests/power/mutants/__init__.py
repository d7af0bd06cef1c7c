"""The mock with one thing changed by a machine, and whether the contract run notices."""
