"""A demo organisation, made through the services like any other: two brands, three ad accounts, people for each role."""
