"""The files that `homeward new` starts from; `$name` is filled in, and a pencil marks what the author has to write."""
