"""Views read cases and write nothing."""
