"""The pages of envelopes: what brands and ad accounts may spend a month (R-24)."""
