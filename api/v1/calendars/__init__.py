"""When people work."""
