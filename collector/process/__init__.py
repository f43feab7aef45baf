"""Processes: the three roles, their server and their supervisor."""
