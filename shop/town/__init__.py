"""The town's own facts: name, villages, holidays, fee, hours."""
