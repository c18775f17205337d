"""Photos of the bench that are for the centre alone, and who looked at them."""
