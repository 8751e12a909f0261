"""Media by their bytes: probing what is in a file, and keeping it under its SHA-256. Knows no framework and
no database.
"""
