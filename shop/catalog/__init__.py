"""Categories, listings, stock and holds."""
