"""Editions of the rules are read, checked and compared."""
