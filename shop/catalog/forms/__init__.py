"""Forms of the catalogue: shape only, with a sentence for everything that cannot be."""
