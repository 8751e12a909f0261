"""What brands and ad accounts may spend a month."""
