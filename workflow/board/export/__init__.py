"""The board exports spreadsheets and a printed monthly report."""
