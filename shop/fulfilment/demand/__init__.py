"""What the town's households are asked to bring on a day, and who of several brings what."""
