"""A backup's file: what is in it, how it is written and read."""
