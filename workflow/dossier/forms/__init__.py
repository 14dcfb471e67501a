"""Forms are filled with what a case knows."""
