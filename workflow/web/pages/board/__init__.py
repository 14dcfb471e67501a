"""These pages show the board, its lists and its downloads."""
