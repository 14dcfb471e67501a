"""Texts of the law are named, with the days on which they stand."""
