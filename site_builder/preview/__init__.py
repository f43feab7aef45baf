"""`homeward preview`: the site as it will be, shown again at every save, with nothing stored."""
