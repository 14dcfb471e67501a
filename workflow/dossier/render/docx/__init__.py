"""This package writes a paper as a Word file."""
