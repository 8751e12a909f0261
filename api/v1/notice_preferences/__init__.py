"""When you want mail of what."""
