"""Everything that was ever done to one order, from every room that keeps a history of it."""
