"""A household says that a claim is not its fault: a person looks again, and may let another bear what it cost."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.desk import services as desk
from shop.desk.models import Bearer, Claim, ClaimState, HouseholdWord
from shop.desk.queries import claim_by_code
from shop.flows.claims import bearer_account, came, line_of
from shop.flows.household_claims import MOVED, moved_key
from shop.flows.refunds import claim_key
from shop.kernel.actor import Actor
from shop.kernel.clock import Clock
from shop.kernel.errors import NotFound, WrongState
from shop.ledger import rules as accounts
from shop.ledger.queries import legs
from shop.ledger.services import post
from shop.notifications.services import wanted
from shop.orders import services as orders
from shop.orders.models import VendorOrder
from shop.orders.queries.orders import order_facts
from shop.payments.models import Refund


def say_word(session: Session, vendor_id: int, code: str, word: HouseholdWord, *, actor: Actor, clock: Clock) -> None:
    """Let a household say its one word to a claim against its goods.

    Raises:
        NotFound: it has no such claim.
        WrongState: as `services.say_for_household`, or another bears the claim already.
    """
    facts = claim_by_code(session, code)
    order = orders.lock(session, facts.order_code)
    part, _line = line_of(order, facts.line_id)
    if part.vendor_id != vendor_id:
        raise NotFound("claim")
    claim = desk.lock(session, code)
    if claim.bearer not in (None, Bearer.HOUSEHOLD):
        raise WrongState("claim", claim.state, claim.state)
    desk.say_for_household(session, claim, word, actor=actor, clock=clock)


def answer(
    session: Session, code: str, bearer: Bearer, reason: str, *, version: int, actor: Actor, clock: Clock
) -> int:
    """Answer a household that said "not mine" to a claim it paid for: it stays so, or another bears it.

    What the household gave, with the centre's fee on it, comes back to the fen.

    Args:
        bearer: who bears it from now on; the household when nothing changes.
        version: of the claim as the actor saw it.

    Returns:
        What the household has again, in fen.

    Raises:
        Forbidden: the actor is not of the desk.
        NotFound: there is no such claim.
        Stale: somebody changed it since.
        WrongState: its household said nothing of the kind, was answered, or the money has not reached the buyer yet.
        Invalid: field "reason".
    """
    desk.check_desk(actor)
    facts = claim_by_code(session, code)
    order = orders.lock(session, facts.order_code)
    claim = desk.lock(session, code, version=version)
    part, line = line_of(order, facts.line_id)
    if claim.state is not ClaimState.PAID or claim.bearer is not Bearer.HOUSEHOLD:
        raise WrongState("claim", claim.state, claim.state)
    desk.answer_household(session, claim, bearer, reason, actor=actor, clock=clock)
    back_fen = 0
    if bearer is not Bearer.HOUSEHOLD:
        account = bearer_account(bearer, came(session, order_facts(order))[line.id])
        back_fen = _move(session, claim, part, account, reference=order.code, actor=actor, clock=clock)
    values = {"goods": line.title, "words": claim.household_answer, "back_fen": back_fen}
    wanted(session, "vendor_answered", phone=part.vendor.phone, values=values, clock=clock)
    return back_fen


def _move(
    session: Session, claim: Claim, part: VendorOrder, account: str, *, reference: str, actor: Actor, clock: Clock
) -> int:
    """Let another account bear all that a paid claim cost, and return what its household has again, in fen."""
    refund = session.scalars(select(Refund).where(Refund.key == claim_key(claim.order_line_id, claim.code))).one()
    borne = {code: fen for code, fen in legs(session, f"refund:{refund.code}") if code != accounts.REFUNDS_IN_TRANSIT}
    moved = {code: -fen for code, fen in borne.items()}
    moved[account] = moved.get(account, 0) + sum(borne.values())
    post(
        session,
        key=moved_key(claim.order_line_id, claim.code),
        kind=MOVED,
        reference=reference,
        legs=moved,
        actor=actor,
        clock=clock,
    )
    return borne.get(accounts.seller(part.vendor.code), 0)
