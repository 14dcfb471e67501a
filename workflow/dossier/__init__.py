"""A dossier is filled in from the record, printed, bound and kept."""
