"""Deliveries of webhooks: what a receiver must do with them, and what they must be like."""
