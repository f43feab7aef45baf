"""The collector: receives submissions, stores them, and shows each therapist their own caseload."""

# First, because sqlite-utils and Datasette choose their SQLite when they are imported.
from collector import driver as driver
