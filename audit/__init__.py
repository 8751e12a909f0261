"""Append-only evidence. Lies low and has no foreign keys, so that it outlives whatever it describes."""
