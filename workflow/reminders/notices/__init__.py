"""What falls due becomes a notice, once."""
