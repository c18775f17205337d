"""Claims by walking their services."""

from functools import partial
from itertools import count

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.desk.models import Bearer, ClaimKind, ClaimState, HouseholdWord
from shop.desk.queries import ClaimFacts, claim_by_code
from shop.desk.services import Wanted
from shop.flows import claiming, claims
from shop.flows.objections import say_word
from shop.kernel.actor import VISITOR, Actor, system
from shop.media.private import receive_private
from shop.orders.queries.orders import OrderFacts
from shop.town.models import Town
from tests.world.ground import World
from tests.world.joining import one_photo
from tests.world.market import HOUSE, STAFF, Market

NUMBERS = count(1)


def photo(world: World) -> str:
    """Take in a photo as the buyer's page does, and return its key."""
    house = world.house
    return receive_private(
        world.edge.transaction, house.store, one_photo(), actor=system("page:claims"), clock=world.clock
    )


def ask(
    at: Market,
    made: OrderFacts,
    kind: ClaimKind = ClaimKind.BROKEN,
    much: int = 3,
    *,
    line: int = 0,
    photos: int = 1,
    words: str = "",
    key: str = "",
) -> ClaimFacts:
    """Claim so much of a line of an order, as its page does, and return the claim as it then stands."""
    line_id = [line.id for part in made.parts for line in part.lines][line]
    wanted = Wanted(line_id, kind, much, words, [photo(at.world) for _number in range(photos)])
    act = partial(claiming.ask, order_code=made.code, wanted=wanted, key=key or f"claim-{next(NUMBERS)}")
    code = at.world.run(partial(act, actor=VISITOR, clock=at.world.clock))
    return claim(at, code)


def claim(at: Market, code: str) -> ClaimFacts:
    """Return a claim as it stands."""
    return at.world.read(lambda session: claim_by_code(session, code))


def accept(
    at: Market, made: ClaimFacts, bearer: Bearer = Bearer.TOWN, much: int | None = None, *, actor: Actor = STAFF
) -> int:
    """Agree to a claim as a person at the desk, and return what goes back."""
    act = partial(claims.accept, code=made.code, much=much or made.asked, bearer=bearer, reason="看过照片")
    return at.world.run(partial(act, version=claim(at, made.code).version, actor=actor, clock=at.world.clock))


def decide(at: Market, made: ClaimFacts, to: ClaimState, reason: str = "看过了") -> None:
    """Decide a claim otherwise, as a person at the desk."""
    act = partial(claims.decide, code=made.code, to=to, reason=reason, version=claim(at, made.code).version)
    at.world.run(partial(act, actor=STAFF, clock=at.world.clock))


def by_hand(at: Market) -> None:
    """Let a person decide every claim."""
    at.world.run(_by_hand)


def _by_hand(session: Session) -> None:
    session.execute(update(Town).values(claim_auto_fen=0))


def object_to(at: Market, made: ClaimFacts) -> None:
    """Let the household say that a claim against its goods is not its fault."""
    vendor_id = at.vendor.id
    say = partial(say_word, vendor_id=vendor_id, code=made.code, word=HouseholdWord.NOT_OURS, actor=HOUSE)
    at.world.run(partial(say, clock=at.world.clock))
