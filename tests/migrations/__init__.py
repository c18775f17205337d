"""Empty to head, head to models, head to base and back."""
