"""What became of the town's trade in a stretch of time, read over several rooms; each report is one dataclass."""
