"""Media, by their bytes."""
