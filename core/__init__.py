"""Words without domain: canonical JSON and digests, errors, clock, base models. Imports no other package."""
