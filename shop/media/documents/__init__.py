"""Documents that are kept as they came: invoices as PDF, OFD or XML. Nobody sees them but through who shows them."""
