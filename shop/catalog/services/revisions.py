"""Changes of a shown listing that wait for the centre."""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from shop.catalog import versions
from shop.catalog.models import Listing, ListingRevision, RevisionState
from shop.catalog.rules import Offer, Way
from shop.catalog.sequence import touch
from shop.catalog.services.passages import by_code, check_lawful, check_reviewer
from shop.catalog.services.waiting import end, waiting_revision, withdraw
from shop.catalog.services.writing import change, mark_changed
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock, town_day
from shop.kernel.errors import Invalid, NotFound, Stale


def approve_revision(session: Session, code: str, *, version: int, actor: Actor, clock: Clock) -> Listing:
    """Show a change that waited.

    Raises:
        Forbidden: the actor does not review.
        NotFound: there is no such listing, or nothing waits.
        Stale: the listing was changed meanwhile.
        NotLawful: the law does not let it be shown.
    """
    check_reviewer(actor)
    listing = by_code(session, code)
    if listing.version != version:
        raise Stale("listing")
    waiting = waiting_revision(session, listing.id)
    if waiting is None:
        raise NotFound("revision")
    change(session, listing, offer_of(waiting.wanted), actor=actor, clock=clock)
    check_lawful(session, listing, town_day(clock()))
    end(session, waiting, RevisionState.APPROVED, actor=actor, clock=clock)
    mark_changed(session, listing)
    versions.keep(session, listing, is_reviewed=True, actor=actor, clock=clock)
    touch(session, listing.id)
    return listing


def decline_revision(session: Session, code: str, reason: str, *, version: int, actor: Actor, clock: Clock) -> Listing:
    """Let the shelf go on showing the old version, and say why.

    Args:
        version: of the listing, as the reviewer saw it.

    Raises:
        Forbidden: the actor does not review.
        NotFound: there is no such listing, or nothing waits.
        Stale: the listing was changed meanwhile, so something else may wait now.
        Invalid: the reason is missing.
    """
    check_reviewer(actor)
    listing = by_code(session, code)
    if listing.version != version:
        raise Stale("listing")
    waiting = waiting_revision(session, listing.id)
    if waiting is None:
        raise NotFound("revision")
    if not reason.strip():
        raise Invalid("reason", "empty")
    waiting.reason = reason.strip()[:200]
    end(session, waiting, RevisionState.DECLINED, actor=actor, clock=clock)
    mark_changed(session, listing)
    return listing


def offer_of(kept: dict[str, Any]) -> Offer:
    """Return an offer as it was kept with `kept_offer`."""
    days = {
        name: date.fromisoformat(kept[name]) if kept[name] else None for name in ("harvest_first_on", "harvest_last_on")
    }
    return Offer(**{**kept, **days, "ways": tuple(Way(**way) for way in kept["ways"])})


def kept_offer(wanted: Offer) -> dict[str, Any]:
    """Return an offer as plain data, for keeping."""
    days = {
        name: None if day is None else day.isoformat()
        for name, day in (("harvest_first_on", wanted.harvest_first_on), ("harvest_last_on", wanted.harvest_last_on))
    }
    lists = {"months": list(wanted.months), "tags": list(wanted.tags), "photo_keys": list(wanted.photo_keys)}
    return asdict(replace(wanted, ways=())) | days | lists | {"ways": [asdict(way) for way in wanted.ways]}


def wait(session: Session, listing: Listing, wanted: Offer, *, actor: Actor, clock: Clock) -> None:
    """Let a change wait; one that waited already is withdrawn."""
    withdraw(session, listing, actor=actor, clock=clock)
    session.add(
        ListingRevision(
            listing_id=listing.id,
            waits_for_id=listing.id,
            base_version=listing.version,
            wanted=kept_offer(wanted),
            made_at=clock(),
            made_by=actor.label,
        )
    )
    mark_changed(session, listing)
