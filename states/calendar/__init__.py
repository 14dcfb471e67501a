"""The office calendar counts working days."""
