"""An edition of the rules is told to people: whole, compared, drawn."""
