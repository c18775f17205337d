"""The centre's bench: intake, packing, hand-over."""
