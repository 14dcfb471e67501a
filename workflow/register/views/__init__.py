"""Views say what stands in the register on a day."""
