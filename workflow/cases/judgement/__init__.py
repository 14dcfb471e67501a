"""What rules say of acts: made now, of the past, and of all that a case has behind it."""
