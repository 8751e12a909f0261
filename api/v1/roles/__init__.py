"""Roles: the built-in ones and an organisation's own."""
