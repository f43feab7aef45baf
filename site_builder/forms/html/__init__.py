"""Forms and answers as accessible HTML, and answers in words."""
