"""Addresses as people paste them: one text in, its parts out. Pure: no database, no network."""

from shop.accounts.addresses.resolver import Resolved, full_region, resolve

__all__ = ["Resolved", "full_region", "resolve"]
