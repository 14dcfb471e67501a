"""This package proves the history against the stored rows."""
