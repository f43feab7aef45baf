"""Tables of cases that both the server and the page script are tested with."""
