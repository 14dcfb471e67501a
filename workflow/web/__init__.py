"""The pages and the API: one process on one office. A door only: verbs and views do the work."""
