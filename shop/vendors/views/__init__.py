"""The pages about who sells and who may act for them."""
