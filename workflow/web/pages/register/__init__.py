"""The register, its forms, and the import of a roster."""
