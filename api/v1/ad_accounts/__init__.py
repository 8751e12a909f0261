"""Ad accounts."""
