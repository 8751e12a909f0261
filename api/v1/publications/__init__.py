"""Publications, and asking for one."""
