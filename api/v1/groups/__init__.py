"""User groups and who belongs to them."""
