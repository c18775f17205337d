"""Services and queries of each room, on a real database."""
