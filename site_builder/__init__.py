"""Turns a clinic's Markdown into a static site with homework forms."""
