"""What the mock can get wrong on purpose, family by family. `defects.py` is the table of all."""
