"""Writes of the catalogue, by act."""
