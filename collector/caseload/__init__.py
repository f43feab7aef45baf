"""Caseload files: their schema, and how ledger events become rows in them."""
