"""Pick-up runs: the centre's car goes to the villages and fetches what is wanted."""
