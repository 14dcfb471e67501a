"""A case's record is folded from its events."""
