"""How a form of the centre is come to, and the world with what forms are about."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from shop.accounts.queries import Person
from shop.catalog.models import Listing, ListingState
from shop.media.services import receive
from tests.pages.selling import jpeg
from tests.world import World
from tests.world.joining import Hall, hall
from tests.world.market import HOUSE, Market, listing, paid_order, variant_id


@dataclass(frozen=True)
class Way:
    """How a form is come to and filled.

    Attributes:
        page: the address where it stands.
        form: words of its action or of its button.
        fields: what is filled in; made anew for every time it is sent.
        press: the button, where the form has several.
        history: the table where the act is written down with who did it.
        seen: fields that say what the page showed, by the start of their names.
        before: address that is sent before the page shows its forms.
        late: words with which whoever comes second is led on to what the first has done, where no form stands any more.
    """

    page: str
    form: str
    fields: Callable[[], Mapping[str, Any]] = dict
    press: str = ""
    history: str = "audit_entry"
    seen: str = "version"
    before: str = ""
    late: str = ""


@dataclass
class Ground:
    """A world with what the forms are about, made when a form asks for it."""

    world: World
    photos: list[str] = field(default_factory=list)
    read: tuple[int, dict[str, list[str]]] | None = None
    """What stood in the database when it was last read, with SQLite's own count of what others wrote."""

    @cached_property
    def reader(self) -> sqlite3.Connection:
        """A connection of our own to the town's file, which counts what all others write."""
        return sqlite3.connect(str(self.world.edge.engine.url.database))

    @cached_property
    def hall(self) -> Hall:
        """The market, and somebody who wants to sell there."""
        return hall(self.world)

    @cached_property
    def at(self) -> Market:
        """The market."""
        return self.hall.at

    def photo(self) -> str:
        """Take in a photo and return its key."""
        house = self.world.house
        seed = len(self.photos)
        taken = receive(
            self.world.edge.transaction, house.store, jpeg(seed=seed).read(), actor=HOUSE, clock=self.world.clock
        )
        self.photos.append(taken.key)
        return taken.key

    def goods(self, *, photos: int = 0, state: ListingState = ListingState.PUBLISHED) -> Listing:
        """Offer a thing."""
        return listing(self.at, photo_keys=tuple(self.photo() for _ in range(photos)), state=state)

    def holder(self) -> Person:
        """Return somebody of the vendor."""
        return self.at.vendor_person()

    def order(self) -> str:
        """Let somebody buy a thing and pay, and return the order's code."""
        return paid_order(self.at, {variant_id(self.at, self.goods()): 2}).code
