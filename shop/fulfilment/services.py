"""Writes of the bench: what was taken in, what was packed, where the box is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.fulfilment.models import Carton, Intake, Parcel, ParcelHistory, ParcelLine, ParcelState
from shop.fulfilment.rules import BY_EYE, MAX_ICE_PACKS, MAX_WEIGHT_G, NEXT
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.codes import new_code
from shop.kernel.errors import Forbidden, Invalid, NotFound
from shop.kernel.states import check_passage, passage
from shop.orders.models import Box


def check_bench(actor: Actor, *narrow: str) -> None:
    """Refuse everyone who does not work at the centre's bench.

    Args:
        narrow: the narrower roles whose work this is as well.

    Raises:
        Forbidden: the actor is not staff.
    """
    if not actor.has("staff", "manager", *narrow):
        raise Forbidden("bench")


def note_intake(
    session: Session,
    order_line_id: int,
    *,
    accepted: int,
    rejected: int,
    reason: str,
    lot_id: int | None = None,
    proof_key: str | None = None,
    reading: str = "",
    actor: Actor,
    clock: Clock,
) -> None:
    """Write down what was accepted of a line and as which lot; a line is taken in once (UNIQUE).

    Args:
        proof_key: private photo of what was turned down.
        reading: what the scale sent, as it was read.
    """
    session.add(
        Intake(
            order_line_id=order_line_id,
            accepted=accepted,
            rejected=rejected,
            reason=reason,
            lot_id=lot_id,
            proof_key=proof_key,
            reading=reading,
            at=clock(),
            actor=actor.label,
        )
    )
    session.flush()


@dataclass(frozen=True)
class Packing:
    """How a box was packed.

    Attributes:
        by_eye: not every piece in it was scanned: somebody looked.
    """

    carton: Carton = Carton.MEDIUM
    ice_packs: int = 0
    by_eye: bool = False


AS_USUAL = Packing()


@dataclass(frozen=True)
class Load:
    """What one parcel holds and weighs.

    Attributes:
        pieces: line id -> how many; of the last parcel of a box nobody needs to say: it takes the rest.
    """

    weight_g: int
    how: Packing = AS_USUAL
    pieces: Mapping[int, int] = field(default_factory=dict)


def close_parcel(
    session: Session,
    order_id: int,
    box: Box,
    load: Load,
    *,
    number: int,
    among: int,
    actor: Actor,
    clock: Clock,
) -> Parcel:
    """Write down a closed box of a locked order, one of so many that its goods went into.

    Raises:
        Invalid: the weight, or the number of ice packs, cannot be.
    """
    weight_g, how = load.weight_g, load.how
    if not 1 <= weight_g <= MAX_WEIGHT_G:
        raise Invalid("weight", "range")
    if not 0 <= how.ice_packs <= MAX_ICE_PACKS:
        raise Invalid("ice_packs", "range")
    parcel = Parcel(
        code=new_code(8),
        order_id=order_id,
        box=box,
        number=number,
        among=among,
        weight_g=weight_g,
        carton=how.carton,
        ice_packs=how.ice_packs,
        packed_at=clock(),
        packed_by=actor.label,
    )
    session.add(parcel)
    session.flush()
    for line_id, count in load.pieces.items():
        session.add(ParcelLine(parcel_id=parcel.id, order_line_id=line_id, pieces=count))
    first = passage(None, ParcelState.PACKED, actor=actor, clock=clock, reason=BY_EYE if how.by_eye else "")
    session.add(ParcelHistory(parcel_id=parcel.id, **first))
    session.flush()
    return parcel


def lock_packed(session: Session, order_id: int) -> list[Parcel]:
    """Return for change the parcels of a locked order that have not left the centre."""
    wanted = select(Parcel).where(Parcel.order_id == order_id, Parcel.state == ParcelState.PACKED)
    fresh = wanted.order_by(Parcel.id).with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(fresh))


def lock(session: Session, code: str) -> Parcel:
    """Return a parcel for change.

    Raises:
        NotFound: there is none.
    """
    wanted = select(Parcel).where(Parcel.code == code).with_for_update()
    parcel = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if parcel is None:
        raise NotFound("parcel")
    return parcel


def advance(session: Session, parcel: Parcel, to: ParcelState, *, actor: Actor, clock: Clock, reason: str = "") -> None:
    """Move a parcel on, with its history; the only writer of a parcel's state.

    Raises:
        WrongState: the table has no such passage.
    """
    check_passage("parcel", NEXT, parcel.state, to)
    row = passage(parcel.state, to, actor=actor, clock=clock, reason=reason)
    session.add(ParcelHistory(parcel_id=parcel.id, **row))
    parcel.state = to
    session.flush()
