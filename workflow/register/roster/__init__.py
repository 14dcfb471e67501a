"""An office's roster is read from a file and brought into the register."""
