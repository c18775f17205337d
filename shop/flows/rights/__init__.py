"""What a person may ask of the house about their own data, and what it forgets by itself."""
