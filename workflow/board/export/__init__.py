"""What a board gives out as files: spreadsheets for the desk, a printed report for the month."""
