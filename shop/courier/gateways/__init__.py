"""The outside of carriage: one protocol, and those who carry by it."""
