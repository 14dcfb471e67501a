"""This package holds every page, sorted by subject."""
