"""A person of the centre with their authenticator in hand."""

from shop.accounts.factors.queries import live_key, pending_key
from shop.accounts.factors.rules import STEP_S, code_at, step_of
from shop.accounts.queries import Person
from tests.support.pages import Pages
from tests.world.ground import World

PROVE = "/staff/second-factor/prove"


def next_code(world: World, person: Person, *, pending: bool = False) -> str:
    """Return a code that the person's authenticator shows and nobody typed yet; the clock moves on where it must."""
    vault = world.house.vault
    if pending:
        return code_at(world.read(lambda session: pending_key(session, vault, person.id)), step_of(world.clock()))
    found = world.read(lambda session: live_key(session, vault, person.id))
    assert found is not None, "no authenticator is set up"
    key, last_step = found
    while step_of(world.clock()) <= last_step:
        world.clock.advance(seconds=STEP_S)
    return code_at(key, step_of(world.clock()))


def enrol(world: World, pages: Pages, person: Person) -> None:
    """Set up an authenticator through the pages, as a person does who is signed in; the factor is proven then."""
    pages.get("/staff/second-factor")
    pages.submit_form("/begin")
    pages.submit_form("set-up", factor_code=next_code(world, person, pending=True))
    pages.submit_form("kept")


def prove(world: World, pages: Pages, person: Person) -> None:
    """Let a signed-in person of the centre prove the second factor on this browser, setting one up at first."""
    if world.read(lambda session: live_key(session, world.house.vault, person.id)) is None:
        enrol(world, pages, person)
        return
    if pages.client.get(PROVE).status_code == 200:  # otherwise it is proven already, and leads on
        pages.get(PROVE)
        pages.submit_form("factor", factor_code=next_code(world, person))
