"""The suite: every law of the house, checked against real databases."""
