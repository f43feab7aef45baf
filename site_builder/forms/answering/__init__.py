"""Answers to a form: reading, scoring and computing them."""
