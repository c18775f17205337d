"""What carriage asks others to do."""

BOOK_SHIPMENT = "shipment.wanted"
FOLLOW_SHIPMENT = "shipment.numbered"
CANCEL_SHIPMENT = "shipment.cancelled"
