"""Programs: a plan by weeks, written above a page, drawn on it as links."""
