"""What awaits a second access manager."""
