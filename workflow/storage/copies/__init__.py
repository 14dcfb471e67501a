"""Databases are copied whole, and looked at where they lie set aside."""
