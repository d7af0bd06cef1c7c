"""Orders: how they are kept, how they change, and how they are serialized."""
