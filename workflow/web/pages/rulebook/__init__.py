"""Pages show the rules as steps, tables and a drawing."""
