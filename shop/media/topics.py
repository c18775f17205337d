"""Topics that media posts."""

PHOTO_RECEIVED = "photo.received"
"""Facts: {key}. A photo was taken in and its renditions are wanted."""
