"""Addresses as people paste them: one text in, its parts out. Pure: no database, no network."""

from shop.accounts.addresses.resolver import Resolved, one_line, resolve

__all__ = ["Resolved", "one_line", "resolve"]
