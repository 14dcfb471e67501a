"""An office is restored from a backup; what stood there is set aside."""
