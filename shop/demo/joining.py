"""Somebody of the demo town who wants to sell: an application that waits for the centre."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from shop.accounts.services import open_account
from shop.demo.press import print_picture, read_svg
from shop.flows.joining import send
from shop.kernel.actor import Actor
from shop.media.private import receive_private
from shop.vendors.joining import papers, services
from shop.vendors.joining.models import PayWay, Proof
from shop.vendors.joining.payout import seal
from shop.vendors.joining.rules import Account
from shop.vendors.models import Standing
from shop.web.house import House

PHONE, NAME, HOUSEHOLD, VILLAGE = "13900000006", "杨秀英", "大湾·杨秀英家", "dawan"
GOODS = ("eggs", "corn-potatoes", "cured-pork")
WIDTH = 960


def apply(house: House) -> None:
    """Let a household apply: eggs and maize of their own, and cured pork whose filing they will bring."""
    clock = house.clock
    person = house.edge.run(lambda session: open_account(session, PHONE, NAME, clock=clock))
    actor = Actor(user_id=person.id, label=person.code, roles=person.roles)
    jpeg = print_picture(read_svg("hen-coop"), width=WIDTH, seed=1)
    key = receive_private(house.edge.transaction, house.store, jpeg, actor=actor, clock=clock)
    sealed = seal(house.vault, Account(PayWay.WECHAT, NAME, number=PHONE))

    def act(session: Session) -> None:
        code = services.begin(session, actor=actor, clock=clock).code
        for step in steps(code):
            step(session)
        send(session, code, version=services.lock(session, code).version, actor=actor, clock=clock)

    def steps(code: str) -> tuple[Callable[[Session], object], ...]:
        mine: dict[str, Any] = {"code": code, "actor": actor, "clock": clock}
        own: dict[str, Any] = {"proof": Proof.OWN_WORK, "number": "", "until": None, "photo_key": key}
        return (
            partial(services.save_who, name=HOUSEHOLD, person=NAME, **mine),
            partial(services.save_village, village_code=VILLAGE, **mine),
            partial(services.save_standing, standing=Standing.SELF_PRODUCED, **mine),
            partial(services.save_goods, goods=GOODS, **mine),
            partial(papers.save_paper, **own, **mine),
            partial(papers.bring_paper, proof=Proof.WORKSHOP_FILING, **mine),
            partial(services.save_pay, sealed=sealed, **mine),
        )

    house.edge.run(act)
