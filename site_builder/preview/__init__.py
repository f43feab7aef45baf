"""`homeward preview`: shows the site as it will be and updates it at every save; nothing is stored."""
