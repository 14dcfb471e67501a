"""People read an edition whole, compared or drawn."""
