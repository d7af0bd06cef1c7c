"""The generated client, led through an order's life."""
