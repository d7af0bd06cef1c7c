"""Webhooks: those that are registered, and their deliveries."""
