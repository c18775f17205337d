"""Photos of boxes before they were closed, for the centre alone."""
