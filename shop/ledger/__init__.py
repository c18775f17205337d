"""Append-only double entries."""
