"""Finding goods: an index built from the catalogue that can always be built again."""
