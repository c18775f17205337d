"""Pages through a client that checks each one it fetches."""
