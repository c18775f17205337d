"""What the tests stand on: clock, databases, a client that checks pages, a live server, a browser."""
