"""What the register holds, as people read it."""
