"""A caseload file: its schema, and who writes which row."""
