"""Posted messages become short messages, once."""
