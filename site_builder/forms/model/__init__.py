"""The form itself: what it asks, scores and watches for. No I/O, no web, no YAML."""
