"""Whole acts across rooms, with doubles at the border of the house."""
