"""Measures what the README and the changelog claim; each figure is a ratio to a baseline of the same run."""
