"""Up to how much money people approve."""
