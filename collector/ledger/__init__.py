"""The ledger: all events in order, acknowledged only once they are on disk."""
