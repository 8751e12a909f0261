"""Clearances."""
