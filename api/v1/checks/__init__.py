"""Judging what is not saved."""
