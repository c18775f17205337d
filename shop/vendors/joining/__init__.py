"""How somebody becomes a vendor, and how a vendor is paid."""
