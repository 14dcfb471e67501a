"""The tables, by subject; instants are aware UTC, days the office's own."""
