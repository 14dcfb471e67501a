"""What rules say of acts, of now and of the past."""
