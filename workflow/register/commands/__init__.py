"""The verbs of the register: each writes all of it in one transaction, or nothing."""
