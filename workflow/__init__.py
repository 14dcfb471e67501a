"""This package stores cases and serves every user interface."""
