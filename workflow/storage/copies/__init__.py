"""Copies of a database: of the file, or row by row."""
