"""This package opens, advances, corrects and shows cases."""
