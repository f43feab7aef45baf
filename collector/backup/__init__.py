"""One file with everything that cannot be rebuilt: written while all runs, checked, restored into an empty folder."""
