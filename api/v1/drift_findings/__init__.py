"""Differences between the channel and what is cleared."""
