"""These pages serve sign-in and a user's own account."""
