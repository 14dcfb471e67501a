"""Each command on a case is one transaction."""
