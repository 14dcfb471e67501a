"""Cases are printed on the terminal."""
