"""The demo's people who move money: each has an authenticator whose key everybody knows, so that its page can tell."""

from collections.abc import Collection
from functools import partial

from shop.accounts.factors.rules import code_at, step_of
from shop.accounts.factors.services import begin, confirm
from shop.accounts.queries import person_by_phone
from shop.kernel.actor import Actor
from shop.settings import DEMO_FACTOR_KEY
from shop.web.house import House

NOWHERE = 0
"""No sign-in has this id: it is proven on no browser yet."""


def enrol(house: House, phones: Collection[str]) -> None:
    """Set up the demo's authenticator for people of the centre, by its first code as anybody would."""
    for phone in phones:
        with house.edge.reading() as session:
            person = person_by_phone(session, phone)
        assert person is not None, "the demo has this person"
        actor = Actor(user_id=person.id, label=person.code, roles=person.roles)
        house.edge.run(partial(begin, vault=house.vault, key=DEMO_FACTOR_KEY, actor=actor))
        confirm(
            house.edge,
            house.vault,
            actor=actor,
            sign_in_id=NOWHERE,
            typed=code_at(DEMO_FACTOR_KEY, step_of(house.clock())),
            secret=house.settings.secret_key,
            clock=house.clock,
        )
