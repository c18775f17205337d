"""Baskets, orders, vendor orders."""
