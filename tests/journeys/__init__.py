"""Stories of people, in a real Chromium."""
