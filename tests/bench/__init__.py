"""Measuring: how quick and how right. Run by `make bench-…`, never by the suite."""
