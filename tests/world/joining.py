"""Builders of applications: a household tells the five steps, as its pages do."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from io import BytesIO

from PIL import Image
from sqlalchemy import select

from shop.accounts.models import Role
from shop.accounts.queries import Person
from shop.catalog.services.shelves import ShelfRules, add_category
from shop.flows import joining
from shop.kernel.actor import Actor
from shop.kernel.clock import town_day
from shop.media.private import receive_private
from shop.town.models import Village
from shop.vendors.joining import papers, services
from shop.vendors.joining.models import PayWay, Proof
from shop.vendors.joining.payout import seal
from shop.vendors.joining.queries import ApplicationFacts, my_application
from shop.vendors.joining.rules import Account
from shop.vendors.models import PaperKind, Standing
from tests.world.ground import World
from tests.world.market import HOUSE, Market, market, someone

CARD = "6228480402564890018"
"""A card number with a right check digit, of nobody."""
LICENCE = "91110000600037341L"
REVIEWER = Actor(user_id=None, label="REVIEWER", roles=frozenset({"staff"}))


def one_photo(shade: int = 200) -> bytes:
    """Return a small photo as a phone sends it."""
    out = BytesIO()
    Image.linear_gradient("L").resize((640, 480)).point(lambda value: min(value, shade)).save(out, "JPEG")
    return out.getvalue()


def actor_of(person: Person) -> Actor:
    """Return a person as the actor of what they do."""
    return Actor(user_id=person.id, label=person.code, roles=person.roles)


@dataclass
class Hall:
    """A market with a shelf that asks for a paper, and somebody who wants to sell there."""

    at: Market
    person: Person
    cured: str = field(default="cured-meat")

    @property
    def world(self) -> World:
        """Return the ground."""
        return self.at.world

    @property
    def actor(self) -> Actor:
        """Return the applicant as an actor."""
        return actor_of(self.person)

    def application(self) -> ApplicationFacts:
        """Return what the applicant is at."""
        found = self.world.read(lambda session: my_application(session, self.person.id))
        assert found is not None
        return found

    def photo(self) -> str:
        """Take in a private photo and return its key."""
        return receive_private(
            self.world.edge.transaction, self.world.house.store, one_photo(), actor=self.actor, clock=self.world.clock
        )

    def begin(self) -> str:
        """Begin and return the application's code."""
        return self.world.run(lambda session: services.begin(session, actor=self.actor, clock=self.world.clock).code)

    def tell(
        self,
        *,
        standing: Standing = Standing.SELF_PRODUCED,
        goods: tuple[str, ...] = ("poultry-eggs",),
        account: Account | None = None,
    ) -> str:
        """Tell everything but the papers and return the application's code."""
        code, clock, run = self.begin(), self.world.clock, self.world.run
        told = Account(PayWay.BANK, "杨秀英", "农业银行", CARD) if account is None else account
        sealed = seal(self.world.house.vault, told)
        me = self.actor
        run(partial(services.save_who, code=code, name="大湾杨秀英家", person="杨秀英", actor=me, clock=clock))
        run(partial(services.save_village, code=code, village_code=self.village(), actor=me, clock=clock))
        run(partial(services.save_standing, code=code, standing=standing, actor=me, clock=clock))
        run(partial(services.save_goods, code=code, goods=goods, actor=me, clock=clock))
        run(partial(services.save_pay, code=code, sealed=sealed, actor=me, clock=clock))
        return code

    def show(self, code: str, proof: Proof, *, number: str = "", until: date | None = None) -> None:
        """Show one paper with a photo."""
        key = self.photo()
        save = partial(papers.save_paper, code=code, proof=proof, number=number, until=until, photo_key=key)
        self.world.run(partial(save, actor=self.actor, clock=self.world.clock))

    def bring(self, code: str, proof: Proof) -> None:
        """Say that a paper will be brought."""
        bring = partial(papers.bring_paper, code=code, proof=proof, actor=self.actor, clock=self.world.clock)
        self.world.run(bring)

    def send(self, code: str) -> None:
        """Send the application as it stands."""
        version = self.application().version
        self.world.run(
            lambda session: joining.send(session, code, version=version, actor=self.actor, clock=self.world.clock)
        )

    def sent(self) -> str:
        """Tell, show and send everything for eggs of one's own, and return the application's code."""
        code = self.tell()
        self.show(code, Proof.OWN_WORK)
        self.send(code)
        return code

    def approve(self, code: str, *, actor: Actor = REVIEWER) -> str:
        """Let the centre approve it, and return the vendor's code."""
        version = self.application().version
        return self.world.run(
            lambda session: joining.approve(session, code, version=version, actor=actor, clock=self.world.clock)
        )

    def today(self, days: int = 0) -> date:
        """Return the town's day so many days from now."""
        return town_day(self.world.clock()) + timedelta(days=days)

    def village(self) -> str:
        """Return the code of the town's village."""
        code = self.world.read(lambda session: session.scalars(select(Village.code)).first())
        assert code is not None
        return code


def hall(world: World) -> Hall:
    """Open the hall."""
    at = market(world)
    rules = ShelfRules(
        name="腊味", name_en="Cured", papers=(PaperKind.WORKSHOP_FILING, PaperKind.FOOD_LICENCE), needs_label=True
    )
    world.run(lambda session: add_category(session, "cured-meat", rules, actor=HOUSE))
    return Hall(at, someone(world, Role.BUYER))
