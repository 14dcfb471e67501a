"""One file for each subject of commands."""
