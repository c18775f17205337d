"""Lots: what came in of one thing from one household on one day, told by a code on its label."""
