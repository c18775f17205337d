"""Writes of hand-overs: the list as it was given away, and photos of it once it was signed."""

import re
from collections.abc import Iterable

from sqlalchemy.orm import Session

from shop.fulfilment.handovers.models import HandOver, HandOverParcel, HandOverPhoto
from shop.fulfilment.handovers.queries import the_hand_over
from shop.fulfilment.handovers.rules import Candidate
from shop.fulfilment.services import check_bench
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import ALPHABET
from shop.kernel.errors import Invalid

CODE = re.compile(f"[{ALPHABET}]{{8}}")
MAX_PHOTOS = 6


def note_hand_over(
    session: Session,
    code: str,
    courier: str,
    *,
    went: Iterable[Candidate],
    stayed: Iterable[Candidate],
    taken_by: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Write down a list as it was given away; each parcel leaves once (UNIQUE).

    Raises:
        Invalid: the code has not the shape of one.
    """
    if not CODE.fullmatch(code):
        raise Invalid("code", "shape")
    made = HandOver(code=code, courier=courier, at=clock(), actor=actor.label, taken_by=taken_by)
    session.add(made)
    session.flush()
    for is_gone, parcels in ((True, went), (False, stayed)):
        for one in parcels:
            session.add(HandOverParcel(hand_over_id=made.id, parcel_id=one.id, waybill=one.waybill, went=is_gone))
    session.flush()


def add_photo(session: Session, code: str, key: str, *, actor: Actor, clock: Clock) -> None:
    """Keep a photo of a signed list with its hand-over.

    Raises:
        Forbidden: the actor does not work at the bench.
        NotFound: there is no such hand-over.
        Invalid: it has as many as it may have.
    """
    check_bench(actor, "packer")
    found = the_hand_over(session, code)
    if found.photos >= MAX_PHOTOS:
        raise Invalid("photo", "many")
    session.add(HandOverPhoto(hand_over_id=found.id, key=key, at=clock(), actor=actor.label))
    session.flush()
