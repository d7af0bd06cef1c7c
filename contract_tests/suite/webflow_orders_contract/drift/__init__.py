"""Where what was recorded differs from the description, and what would mend it."""
