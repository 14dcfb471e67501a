"""Each module holds the commands of one subject."""
