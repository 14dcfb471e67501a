"""How everything is said to people, at every door alike: what went wrong, till when a clock runs, who was told."""
