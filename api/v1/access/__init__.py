"""Questions about access: why, who, and who has what."""
