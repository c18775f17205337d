"""How a vendor is paid: sealed, changed by its owner alone, told, and readable under turned keys."""

from functools import partial

import pytest
from cryptography.fernet import InvalidToken
from sqlalchemy import select

from shop.accounts.models import Role
from shop.flows.joining import change_account
from shop.kernel.actor import VISITOR, Actor
from shop.kernel.errors import Forbidden, Invalid
from shop.kernel.vault import Vault
from shop.notifications.models import Delivery
from shop.vendors.joining.models import PayoutAccount, PayWay
from shop.vendors.joining.payout import seal, turn_keys
from shop.vendors.joining.queries import payout_changes, payout_of
from shop.vendors.joining.rules import Account
from shop.vendors.models import Member, MemberRole
from tests.world import World
from tests.world.joining import CARD, actor_of
from tests.world.market import Market, market, someone

TOLD = Account(PayWay.BANK, "周素珍", "农商银行", CARD)


@pytest.fixture
def at(world: World) -> Market:
    return market(world)


def change(at: Market, actor: Actor, account: Account = TOLD) -> None:
    sealed = seal(at.world.house.vault, account)
    act = partial(change_account, vendor_id=at.vendor.id, sealed=sealed, actor=actor, clock=at.world.clock)
    at.world.run(act)


def test_an_owner_changes_it_and_the_phone_is_told(at: Market) -> None:
    owner = at.vendor_person()
    change(at, actor_of(owner))
    at.world.clock.advance(days=1)
    change(at, actor_of(owner), Account(PayWay.CASH))
    found = at.world.read(lambda session: payout_of(session, at.vendor.id))
    assert found is not None
    assert (found.way, found.tail) == (PayWay.CASH, "")
    changes = at.world.read(lambda session: payout_changes(session, at.vendor.id))
    assert [(one.way, one.actor) for one in changes] == [(PayWay.CASH, owner.code), (PayWay.BANK, owner.code)]
    assert at.world.read(lambda session: session.scalars(select(PayoutAccount.secret)).one()) == "", "gone with it"
    at.world.deliver()
    sent = select(Delivery.template, Delivery.phone)
    told = at.world.read(lambda session: [tuple(row) for row in session.execute(sent)])
    assert told == [("payout_changed", at.vendor.phone)] * 2


def test_neither_the_centre_nor_the_family_nor_a_stranger_changes_it(at: Market) -> None:
    owner, delegate = at.vendor_person(), at.vendor_person()
    at.world.run(
        lambda session: setattr(session.get_one(Member, (at.vendor.id, delegate.id)), "role", MemberRole.DELEGATE)
    )
    manager = someone(at.world, Role.MANAGER)
    acting = Actor(owner.id, f"{manager.code}>{at.vendor.code}", frozenset({"staff"}), for_vendor=at.vendor.code)
    for actor in (VISITOR, actor_of(delegate), actor_of(manager), acting, actor_of(someone(at.world, Role.BUYER))):
        with pytest.raises(Forbidden):
            change(at, actor)
    assert at.world.read(lambda session: payout_of(session, at.vendor.id)) is None
    assert at.world.deliver() == 0


def test_what_money_cannot_be_sent_to_is_never_sealed(at: Market) -> None:
    with pytest.raises(Invalid):
        seal(at.world.house.vault, Account(PayWay.BANK, "周素珍", "农商银行", CARD[:-1] + "0"))


def test_the_same_account_never_looks_the_same_twice() -> None:
    vault = Vault(["k" * 32])
    first, second = seal(vault, TOLD), seal(vault, TOLD)
    assert first.secret != second.secret
    assert CARD not in first.secret
    assert CARD in vault.open(first.secret)


def test_keys_are_turned_and_the_old_ones_thrown_away(at: Market) -> None:
    old, new = "o" * 32, "n" * 32
    sealed = seal(Vault([old]), TOLD)
    owner = actor_of(at.vendor_person())
    at.world.run(partial(change_account, vendor_id=at.vendor.id, sealed=sealed, actor=owner, clock=at.world.clock))
    with pytest.raises(InvalidToken):
        Vault([new]).open(sealed.secret)
    assert CARD in Vault([new, old]).open(sealed.secret)
    assert at.world.run(lambda session: turn_keys(session, Vault([new, old]))) == 1
    kept = at.world.read(lambda session: session.scalars(select(PayoutAccount.secret)).one())
    assert CARD in Vault([new]).open(kept)
    with pytest.raises(InvalidToken):
        Vault([old]).open(kept)
    with pytest.raises(InvalidToken):
        at.world.run(lambda session: turn_keys(session, Vault(["x" * 32])))


def test_what_was_tampered_with_does_not_open() -> None:
    vault = Vault(["k" * 32])
    sealed = vault.seal("6228")
    with pytest.raises(InvalidToken):
        vault.open(sealed[:-4] + "AAAA")
