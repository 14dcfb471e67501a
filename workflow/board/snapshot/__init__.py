"""A board reads one picture of the database on one day."""
