"""What the bench asks others to do."""

BOOK_COURIER = "parcel.packed"
