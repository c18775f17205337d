"""山货: the village market of a mountain town."""
