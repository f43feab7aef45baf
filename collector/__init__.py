"""Takes in what clients send, keeps it, and shows each therapist their own caseload."""

# Before anything imports sqlite-utils or Datasette: they keep whichever SQLite they find then.
from collector import driver as driver
