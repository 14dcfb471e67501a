"""A roster is read from a file and brought in."""
