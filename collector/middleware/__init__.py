"""What stands in front of every route, each a plain ASGI wrapper."""
