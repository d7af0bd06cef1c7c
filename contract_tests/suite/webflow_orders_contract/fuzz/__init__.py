"""Schemathesis, pointed at the gateway."""
