"""Reads of baskets and quotes, and of orders."""
