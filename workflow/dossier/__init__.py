"""The dossier: every paper of a case, filled in from the record, written, bound, kept."""
