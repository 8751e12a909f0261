"""What an organisation demands of its own access management."""
