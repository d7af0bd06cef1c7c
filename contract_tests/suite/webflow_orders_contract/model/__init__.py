"""A model of the server, and random sequences that hold one against the other."""
