"""This package composes letters, delivers them and handles returned ones."""
