"""The search index, a replica of the catalogue."""
