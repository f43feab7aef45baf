"""A clinic's folder: its pages, form files, menu, settings and forms.lock."""
