"""These endpoints answer with the board."""
