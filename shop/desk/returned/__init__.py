"""Parcels that came back, or that nobody came for: what a person decides about them, and who bears it."""
