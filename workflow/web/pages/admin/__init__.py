"""Administration of users and of the office."""
