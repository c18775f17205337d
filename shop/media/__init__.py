"""Receiving, keeping and serving photos."""
