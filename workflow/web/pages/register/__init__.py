"""Pages show the register, its forms and the import."""
