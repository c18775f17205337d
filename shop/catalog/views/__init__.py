"""The catalogue's faces: the market, the vendor's own goods, the reviewers' desk."""
