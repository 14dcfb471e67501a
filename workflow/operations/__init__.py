"""This package creates, opens, backs up and verifies an office."""
