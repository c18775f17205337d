"""The demo town: data and pictures."""
