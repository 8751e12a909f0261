"""The pages of approval policies: for policy managers, and whoever is governed by them."""
