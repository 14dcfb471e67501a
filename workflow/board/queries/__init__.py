"""These modules hold the SQL of the board."""
