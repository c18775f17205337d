"""Hand-overs: what left the centre with whom, on one list."""
