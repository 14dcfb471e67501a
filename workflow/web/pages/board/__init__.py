"""The board, its lists and its downloads."""
