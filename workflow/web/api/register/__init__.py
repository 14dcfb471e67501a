"""The register is read and kept by programs."""
