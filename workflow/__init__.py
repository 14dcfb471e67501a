"""The cases: everything that remembers, and every door that people come in by."""
