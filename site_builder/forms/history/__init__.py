"""What two definitions of a form have in common, and what a change means for stored answers."""
