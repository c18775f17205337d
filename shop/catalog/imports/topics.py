"""Topics that imports post."""

IMPORT_WANTED = "import.wanted"
"""Facts: {import}. An uploaded file of goods is to be taken in, or gone on with."""
