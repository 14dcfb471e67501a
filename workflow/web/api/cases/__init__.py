"""These endpoints serve cases, acts, papers and notices."""
