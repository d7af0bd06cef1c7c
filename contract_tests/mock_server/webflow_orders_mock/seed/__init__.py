"""The orders that a mock begins with, and how to make more."""
