"""Two real connections at once, each test with its control."""
