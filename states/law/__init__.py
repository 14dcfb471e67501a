"""Texts of the law, and the days on which they stand."""
