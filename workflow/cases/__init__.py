"""Cases are opened, advanced, corrected, and read."""
