"""Tables of cases that the server and the page's script are both run against."""
