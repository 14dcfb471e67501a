"""A board snapshot reads the database once, for one day."""
