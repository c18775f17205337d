"""Refusals: typed, without prose. `shop.web` maps a class to a status, its template to words."""

from dataclasses import dataclass


class ShopError(Exception):
    """Any expected refusal of an act; the transaction that meets it rolls back."""


@dataclass
class NotFound(ShopError):
    """There is no such thing, or it is another's private thing (which must look the same)."""

    what: str


@dataclass
class Forbidden(ShopError):
    """The actor is known but may not do this."""

    act: str


@dataclass
class Stale(ShopError):
    """The thing was changed by someone else since the page was shown."""

    what: str


@dataclass
class WrongState(ShopError):
    """The thing has moved on (or not yet arrived) and this passage does not exist from where it is."""

    what: str
    state: str
    wanted: str


@dataclass
class Invalid(ShopError):
    """A value is outside what the act can take; `field` names the form field, `reason` a known reason code."""

    field: str
    reason: str


@dataclass
class TooMany(ShopError):
    """Tried too often; may be tried again after so many seconds."""

    act: str
    retry_s: int
