"""What Lighthouse says of a buyer's pages; it needs node and npm, which nothing else here does."""
