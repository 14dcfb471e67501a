"""What people read: words, pages, letters and papers. Templates and catalogues only, no code."""
