"""These pages show a case and every act on it."""
