"""Making it so: the gate, publications, channels (TikTok), reconciliation."""
