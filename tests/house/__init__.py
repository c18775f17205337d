"""The house's own laws; each failure says what to do."""
