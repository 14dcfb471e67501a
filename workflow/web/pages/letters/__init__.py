"""These pages show letters and snooze notices."""
