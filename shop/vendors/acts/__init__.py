"""What is done on a vendor's pages, by whom and for whom, and until when it can be taken back."""
