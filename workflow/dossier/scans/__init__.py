"""This package turns scans of signed papers into PDFs of pictures."""
