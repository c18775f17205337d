"""Goods that several households bring together under one listing."""
