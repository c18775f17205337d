"""Settlement: what each vendor is told of their account for a period, and how what they are owed reaches them."""
