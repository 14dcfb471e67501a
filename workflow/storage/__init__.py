"""Storage keeps tables, transactions and the ledger."""
