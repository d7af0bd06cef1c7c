"""All traffic of a run passes here: it is recorded, redacted, paced and judged."""
