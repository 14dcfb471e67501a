"""Letters are composed, delivered, and taken back when they return."""
