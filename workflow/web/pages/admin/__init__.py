"""These pages administer users and the office."""
