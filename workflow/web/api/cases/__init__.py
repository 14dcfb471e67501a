"""Cases, their acts, papers and notices in the API."""
