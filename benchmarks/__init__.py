"""Measures the figures in the README and the changelog, each as a ratio to a baseline from the same run."""
