"""Who is away, from when to when."""
