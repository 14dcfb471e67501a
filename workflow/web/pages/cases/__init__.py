"""A case, and every act on it."""
