"""The templates of `homeward new`; `$name` is filled in, and a pencil marks what the author has to write."""
