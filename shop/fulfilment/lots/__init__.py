"""Where the goods of a lot went, and who was written to when one was recalled."""
