"""Random walks through joining: whatever applicant and centre do in whatever order, some things always hold."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.flows import joining
from shop.kernel.clock import town_day
from shop.kernel.errors import ShopError
from shop.media.models import PrivatePhoto
from shop.vendors.joining import papers, services
from shop.vendors.joining.models import (
    Application,
    ApplicationHistory,
    ApplicationPaper,
    ApplicationState,
    Part,
    PayoutAccount,
    PayWay,
    Proof,
)
from shop.vendors.joining.payout import Sealed, seal
from shop.vendors.joining.queries import application_facts
from shop.vendors.joining.rules import NEXT, OPEN, Account
from shop.vendors.models import Member, Standing
from tests.world import World
from tests.world.joining import CARD, LICENCE, REVIEWER, Hall, hall

STEPS = 150
DECIDED = [state for state in ApplicationState if not NEXT[state]]
Act = Callable[[Session], object]


class Walk:
    """One random walk: what is done next, and what must hold after each act."""

    def __init__(self, at: Hall, seed: int) -> None:
        self.at, self.random = at, Random(seed)
        self.done: set[str] = set()

    def code(self) -> str:
        return self.at.application().code

    def next(self) -> tuple[str, Act]:
        random, clock = self.random, self.at.world.clock
        mine: dict[str, Any] = {"code": self.code(), "actor": self.at.actor, "clock": clock}
        desk: dict[str, Any] = {**mine, "actor": random.choice([REVIEWER, REVIEWER, REVIEWER, self.at.actor])}
        seen = self.at.application().version - random.choice([0, 0, 0, 0, 1])
        proof = random.choice(self.asked() or list(Proof))
        until = town_day(clock()) + timedelta(days=random.choice([-1, 30, 30, 300, 300, 40_000]))
        number = LICENCE if proof is Proof.REGISTRATION else random.choice(["", "川坊 1", "川坊 1"])
        paper: dict[str, Any] = {"proof": proof, "until": until, "number": number}
        goods = random.sample(["poultry-eggs", "cured-meat"], random.choice([0, 1, 1, 2]))
        acts: list[tuple[str, Act]] = [
            ("who", partial(services.save_who, name=random.choice(["", "杨家", "杨家"]), person="杨秀英", **mine)),
            ("village", partial(services.save_village, village_code=self.at.village(), **mine)),
            ("standing", partial(services.save_standing, standing=random.choice(list(Standing)), **mine)),
            ("goods", partial(services.save_goods, goods=goods, **mine)),
            ("pay", partial(services.save_pay, sealed=self.sealed(), **mine)),
            ("bring", partial(papers.bring_paper, proof=proof, **mine)),
            ("paper", self.shown(paper, mine)),
            ("see", partial(papers.see_paper, **paper, **desk)),
            ("send", partial(joining.send, version=seen, **mine)),
            ("send", partial(joining.send, version=seen, **mine)),
            ("back", partial(joining.send_back, version=seen, reason="看不清", parts=self.parts(), **desk)),
            ("refuse", partial(joining.refuse, version=seen, reason="不行", **desk)),
            ("approve", partial(joining.approve, version=seen, **desk)),
        ]
        weights = [1, 1, 0.5, 1, 1, 1, 4, 3, 3, 3, 1, 0.2, 3]
        return random.choices(acts, weights)[0]

    def asked(self) -> list[Proof]:
        found = self.at.application()
        wanted = self.at.world.read(lambda session: joining.needs(session, found))
        return [proof for need in wanted for proof in need.proofs if self.random.random() < 0.9]

    def shown(self, paper: dict[str, Any], mine: dict[str, Any]) -> Act:
        is_new = self.random.random() < 0.8

        def act(session: Session) -> object:
            key = self.photo(session) if is_new else None
            return papers.save_paper(session, photo_key=key, **paper, **mine)

        return act

    def photo(self, session: Session) -> str:
        """Write the row of a photo; its file is looked at by others."""
        key = f"{self.random.getrandbits(256):064x}"
        session.add(PrivatePhoto(key=key, width=640, height=480, bytes=1, created_at=self.at.world.clock()))
        session.flush()
        return key

    def parts(self) -> list[Part]:
        return self.random.sample(list(Part), self.random.choice([0, 1, 2]))

    def sealed(self) -> Sealed:
        return seal(self.at.world.house.vault, Account(PayWay.BANK, "杨秀英", "农商银行", CARD))

    def step(self) -> None:
        name, act = self.next()
        before = self.look()
        try:
            self.at.world.run(act)
        except ShopError:
            assert self.look() == before, f"{name} was refused and changed something"
        else:
            self.done.add(name)
        self.check()

    def look(self) -> tuple[object, ...]:
        def read(session: Session) -> tuple[object, ...]:
            rows = session.execute(select(Application.id, Application.state, Application.version)).all()
            papers = session.execute(select(ApplicationPaper.proof, ApplicationPaper.photo_key)).all()
            return (
                tuple(map(tuple, rows)),
                tuple(map(tuple, papers)),
                session.scalar(select(func.count(Member.user_id))),
            )

        return self.at.world.read(read)

    def check(self) -> None:
        def read(session: Session) -> None:
            rows = session.scalars(select(Application)).all()
            assert sum(row.state in OPEN for row in rows) <= 1
            for row in rows:
                steps = session.scalars(
                    select(ApplicationHistory)
                    .where(ApplicationHistory.application_id == row.id)
                    .order_by(ApplicationHistory.id)
                ).all()
                chain = [ApplicationState.DRAFT, *(ApplicationState(step.to_state) for step in steps)]
                assert [step.from_state for step in steps] == chain[:-1], "history has no gap"
                assert row.state is chain[-1]
                assert row.state is not ApplicationState.NEEDS_FIXING or row.fixing
                if row.state in DECIDED:
                    assert row.pay_secret == "", "a decided application keeps no copy of the account"
                if row.state is ApplicationState.APPROVED:
                    facts = application_facts(session, row)
                    assert joining.lacking(session, facts) == ()
                    assert joining.to_bring(session, facts) == (), "nobody sells before everything was shown"
                    assert session.get(PayoutAccount, row.vendor_id) is not None
            dangling = select(ApplicationPaper.photo_key).where(
                ApplicationPaper.photo_key.is_not(None), ~ApplicationPaper.photo_key.in_(select(PrivatePhoto.key))
            )
            assert session.scalars(dangling).first() is None

        self.at.world.read(read)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_in_whatever_order(world: World, seed: int) -> None:
    at = hall(world)
    walk = Walk(at, seed)
    at.begin()
    for _step in range(STEPS):
        if at.application().is_over:
            if at.application().state is ApplicationState.APPROVED:
                break
            at.begin()
        walk.step()
    assert at.application().state is ApplicationState.APPROVED, "the control: the walk comes to its end"
