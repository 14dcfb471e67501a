"""The board as the API answers it."""
