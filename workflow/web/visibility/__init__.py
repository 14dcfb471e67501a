"""What of the register a reader may see on pages and in the API."""
