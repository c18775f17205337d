"""What goes wrong after the goods have come: claims and returns, who decides them, and who bears them."""
