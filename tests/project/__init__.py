"""What the app of a folder is."""
