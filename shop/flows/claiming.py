"""What a buyer does with a claim: asking, which the rule may agree to at once, taking it back, answering a refusal.

Whoever may see an order may claim; pages make sure of that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from shop.desk import services
from shop.desk.models import Claim, ClaimKind, ClaimState
from shop.desk.queries import claim_by_code, claim_with_key, earlier_orders, net_weights, standings
from shop.desk.rules import LIVING, Standing, ends_at, is_automatic, may_return, pieces_of, worth_of
from shop.desk.services import Wanted
from shop.flows.claims import Came, bearer_by_rule, came, line_of, pay, tell
from shop.fulfilment.queries import ParcelFacts
from shop.kernel.actor import Actor, system
from shop.kernel.clock import Clock
from shop.kernel.errors import Invalid
from shop.orders import services as orders
from shop.orders.models import Order, OrderLine
from shop.orders.queries.orders import LineFacts, OrderFacts, order_facts
from shop.town.queries import the_town

RULE = system("rule:claims")


@dataclass(frozen=True)
class Claimable:
    """A line of which something may be claimed now.

    Attributes:
        pieces: how many are left to be claimed.
        weight_g: what it should weigh, as far as that is known and may be claimed.
        kinds: what may be said of it.
        until: when the last of these ends.
        fen: what all the pieces left would give back.
    """

    line: LineFacts
    vendor_name: str
    pieces: int
    weight_g: int | None
    kinds: tuple[ClaimKind, ...]
    until: datetime
    fen: int


def claimable(
    session: Session, order: OrderFacts, now: datetime, parcels: Sequence[ParcelFacts] | None = None
) -> list[Claimable]:
    """Return the lines of an order of which something may be claimed now, in its order.

    Args:
        parcels: of the order, where they were read already.
    """
    arrived = came(session, order, parcels)
    if not arrived:
        return []
    lines = [(part, line) for part in order.parts for line in part.lines if line.id in arrived and line.accepted]
    before = standings(session, [line.id for _part, line in lines])
    weights = net_weights(session, {line.variant_id for _part, line in lines})
    hours, found = the_town(session).claim_hours, []
    for part, line in lines:
        stands, how = before.get(line.id, Standing()), arrived[line.id]
        left = min(line.accepted, how.units) * line.pieces - stands.pieces
        ends = {kind: ends_at(kind, line.return_class, how.signed_at, hours) for kind in _kinds(line)}
        kinds = tuple(kind for kind, end in ends.items() if now < end)
        grams = line.weighed_g if line.per_500g_fen is not None else (weights[line.variant_id] or 0) * line.accepted
        is_weighed = bool(grams) and not stands.grams
        if not is_weighed:
            kinds = tuple(kind for kind in kinds if kind is not ClaimKind.SHORT_WEIGHT)
        fen = line.kept_fen - stands.fen
        if left > 0 and kinds and fen > 0:
            until = max(ends[kind] for kind in kinds)
            found.append(Claimable(line, part.vendor_name, left, grams if is_weighed else None, kinds, until, fen))
    return found


def ask(session: Session, order_code: str, wanted: Wanted, *, key: str, actor: Actor, clock: Clock) -> str:
    """Write a buyer's claim down, and agree to it at once where the rule does; asked twice with one key, it is once.

    Args:
        key: made with the page on which it was asked.

    Returns:
        The claim's code.

    Raises:
        NotFound: there is no such order, or no such line in it.
        Invalid: field "kind" ("not_come", "late", "class"), "much" ("range", "again", "weight"), "words" or "photo".
    """
    order = orders.lock(session, order_code)
    kept = claim_with_key(session, key)
    if kept is not None:
        return kept
    part, line = line_of(order, wanted.line_id)
    how = came(session, order_facts(order)).get(line.id)
    _check_time(session, wanted.kind, line, how, clock=clock)
    assert how is not None, "checked"
    stands = standings(session, [line.id]).get(line.id, Standing())
    if wanted.kind is not ClaimKind.SHORT_WEIGHT and wanted.much > how.units * line.pieces - stands.pieces:
        raise Invalid("much", "again" if wanted.much <= pieces_of(line) else "range")
    worth = worth_of(line, wanted.kind, wanted.much, stands, net_weights(session, {line.variant_id})[line.variant_id])
    if worth.fen <= 0:
        raise Invalid("much", "again" if stands.fen else "range")
    claim = services.write(
        session,
        wanted,
        worth,
        key=key,
        parcel_id=how.parcel_id,
        signed_at=how.signed_at,
        actor=actor,
        clock=clock,
    )
    if wanted.kind is ClaimKind.RETURN:
        services.advance(session, claim, ClaimState.AWAITING_GOODS, actor=RULE, clock=clock)
        tell(session, order, line, claim, how="back", clock=clock)
    elif _is_automatic(session, order, claim, clock=clock):
        bearer = bearer_by_rule(claim, line, how)
        pay(session, order, part, line, claim, claim.asked, bearer, how, reason="", actor=RULE, clock=clock)
    return claim.code


def _check_time(session: Session, kind: ClaimKind, line: OrderLine, how: Came | None, *, clock: Clock) -> None:
    if how is None:
        raise Invalid("kind", "not_come")
    if kind not in _kinds(line):
        raise Invalid("kind", "class")
    if clock() >= ends_at(kind, line.return_class, how.signed_at, the_town(session).claim_hours):
        raise Invalid("kind", "late")


def _is_automatic(session: Session, order: Order, claim: Claim, *, clock: Clock) -> bool:
    town = the_town(session)
    lines = [line.id for part in order.vendor_orders for line in part.lines]
    asked = sum(stands.fen + stands.freight_fen for stands in standings(session, lines).values())
    return is_automatic(
        claim.kind,
        photos=len(claim.photos),
        order_fen=asked,
        limit_fen=town.claim_auto_fen,
        earlier_orders=earlier_orders(session, order, clock()),
        most_orders=town.claim_most,
    )


def _kinds(line: LineFacts | OrderLine) -> list[ClaimKind]:
    is_returned = may_return(line.return_class, exception_confirmed=line.exception_confirmed)
    return [kind for kind in ClaimKind if kind is not ClaimKind.RETURN or is_returned]


def withdraw(session: Session, code: str, *, actor: Actor, clock: Clock) -> None:
    """Take a claim back for its buyer, whom the caller has made sure of.

    Raises:
        NotFound: there is no such claim.
        WrongState: it was decided, or its goods are at the centre.
    """
    orders.lock(session, claim_by_code(session, code).order_code)
    services.withdraw(session, services.lock(session, code), actor=actor, clock=clock)


def say_sent(session: Session, code: str, waybill: str, *, actor: Actor, clock: Clock) -> None:
    """Note by which waybill a claim's goods come back; the caller has made sure of its buyer.

    Raises:
        NotFound: there is no such claim.
        WrongState: no goods are waited for.
    """
    orders.lock(session, claim_by_code(session, code).order_code)
    services.note_sent(session, services.lock(session, code), waybill, actor=actor, clock=clock)


def appeal(session: Session, code: str, words: str, *, actor: Actor, clock: Clock) -> None:
    """Let a declined claim's buyer answer, once, for a person to look again; the caller has made sure of them.

    Raises:
        NotFound: there is no such claim.
        Invalid: field "appeal"; or "much" ("again") when these pieces were claimed anew since.
        WrongState: it was not declined, or they have answered already.
    """
    order = orders.lock(session, claim_by_code(session, code).order_code)
    claim = services.lock(session, code)
    _part, line = line_of(order, claim.order_line_id)
    stands = standings(session, [line.id], besides=claim.id).get(line.id, Standing())
    if claim.state not in LIVING:
        net_g = net_weights(session, {line.variant_id})[line.variant_id]
        worth_of(line, claim.kind, claim.asked, stands, net_g)
    services.appeal(session, claim, words, actor=actor, clock=clock)
