"""Guided practices: a block of `yaml practice` → steps with times → a list that a script can lead through."""
