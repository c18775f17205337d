"""Goods from a file: what a sheet may say, how it is read, and what became of its rows."""
