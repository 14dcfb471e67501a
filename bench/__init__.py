"""What the program exists for, measured beside its peers and its limits in one run: ``make bench``."""
