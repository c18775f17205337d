"""Households and other producers."""
