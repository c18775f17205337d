"""Consignments, freight prices, tracking."""
