"""What carriage asks others to do."""

BOOK_SHIPMENT = "shipment.wanted"
CANCEL_SHIPMENT = "shipment.cancelled"
