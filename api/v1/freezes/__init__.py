"""Times in which nothing goes out."""
