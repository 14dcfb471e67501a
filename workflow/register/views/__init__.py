"""What stands in the register on a day, as values that people and programs read."""
