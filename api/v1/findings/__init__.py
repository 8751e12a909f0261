"""Findings of check runs."""
