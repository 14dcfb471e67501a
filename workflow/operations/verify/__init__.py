"""The history is proved against what is stored."""
