"""A command writes its act in one transaction, or nothing."""
