"""This package words errors, deadlines and rules for every user interface."""
