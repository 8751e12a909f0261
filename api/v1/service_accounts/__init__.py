"""Machines and their owners."""
