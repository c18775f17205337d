"""Acts that write in several rooms at once."""
