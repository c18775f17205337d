"""Settling with vendors: reckon, agree, send the money, hear what became of it. Nobody does two of it alone."""
