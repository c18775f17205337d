"""What buyers ask about a thing, and what its household says."""
