"""What a run leaves behind: rows, tables, a folder from which everything can be repeated."""
