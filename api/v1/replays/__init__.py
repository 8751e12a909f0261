"""Trying rule sets on past revisions."""
