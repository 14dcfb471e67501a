"""This package folds the events of a case into its record."""
