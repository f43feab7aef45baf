"""Scripts that look at the code itself; nothing that runs needs them."""
