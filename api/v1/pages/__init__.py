"""Pages: identities that ads speak as."""
