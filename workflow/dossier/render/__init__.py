"""A paper is one document, written as PDF, Word, HTML or text."""
