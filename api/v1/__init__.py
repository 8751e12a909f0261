"""Version 1 of the REST contract: one package a resource, each with what it takes, what it answers and its view."""
