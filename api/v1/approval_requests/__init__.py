"""Approval requests and what is done with them."""
