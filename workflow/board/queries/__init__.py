"""The SQL that a board counts and lists by."""
