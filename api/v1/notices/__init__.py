"""What you are told."""
