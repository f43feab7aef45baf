"""The ledger: what happened, in order, on disk before anybody is told so."""
