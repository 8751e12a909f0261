"""Organisations: read, and renamed."""
