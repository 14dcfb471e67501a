"""The letters: who is told what, and when. Knows the rules in states, never the cases in workflow."""
