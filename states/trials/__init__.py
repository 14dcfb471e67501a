"""Trials are situations in a table, with what the rules must say."""
