"""Things that a villager has begun to list."""
