"""How many whole approval cycles a second, against the least that PostgreSQL could do: `make bench`. See README.md."""
