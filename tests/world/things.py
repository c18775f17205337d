"""One of everything of a household's that an address may name."""

from collections.abc import Mapping
from functools import partial

from shop.accounts.queries import Person
from shop.catalog.drafts import services as drafts
from shop.catalog.questions.services import ask
from shop.desk.models import ClaimKind
from shop.flows import keeping
from shop.kernel.actor import VISITOR
from shop.kernel.codes import new_code
from tests.world.acting import consent
from tests.world.claims import ask as ask_claim
from tests.world.market import STAFF, Market, delivered_order, listing, paid_order, variant_id
from tests.world.payouts import frozen_statement

Things = Mapping[str, str]

ANYBODYS = {"month": "2026-11", "way": "bank", "number": "0"}
"""What an address may name without its being anybody's: everybody has their own page of it."""


def things_of(at: Market, delegate: Person) -> Things:
    """Give a household one of everything that an address may name."""
    made, clock, vendor_id = listing(at), at.world.clock, at.vendor.id
    sold, order = delivered_order(at, {variant_id(at, made): 1}), paid_order(at, {variant_id(at, made): 1})
    pause = partial(keeping.pause, vendor_id=vendor_id, code=made.code, words=str, actor=STAFF, clock=clock)
    act = at.world.run(partial(pause, paused=True))
    at.world.run(partial(pause, paused=False))
    asking = partial(ask, listing_code=made.code, text="还有多的吗", key="k", phone="13812345678")
    question = at.world.run(partial(asking, actor=VISITOR, clock=clock)).code
    draft = new_code(10)
    at.world.run(lambda session: drafts.begin(session, vendor_id, draft, clock=clock))
    return {
        "vendor_catalog.code": made.code,
        "vendor_catalog.question.code": question,
        "vendor_catalog.draft.code": draft,
        "vendor_catalog.draft.asked": "price",
        "vendor_orders.code": order.parts[0].code,
        "vendor_ledger.own_statement_page.code": frozen_statement(at),
        "vendor_ledger.code": sold.parts[0].code,
        "vendor_claims.code": ask_claim(at, sold, ClaimKind.SPOILED, 2).code,
        "vendor_acts.code": act,
        "vendor_people.person": delegate.code,
        "vendor_people.consent": consent(at),
    }


def thing_at(things: Things, endpoint: str, argument: str) -> str:
    """Return what of theirs stands in an address: by its endpoint, the first word of that, or its blueprint."""
    if argument in ANYBODYS:
        return ANYBODYS[argument]
    blueprint, _dot, view = endpoint.partition(".")
    for name in (endpoint, f"{blueprint}.{view.partition('_')[0]}", blueprint):
        if f"{name}.{argument}" in things:
            return things[f"{name}.{argument}"]
    raise AssertionError(f"{endpoint} names a {argument}: put one of the household's into `things`")
