"""`shop vault turn`: accounts are sealed anew, or nothing is changed."""

from functools import partial

from sqlalchemy import select

from shop.kernel.vault import Vault
from shop.settings import DEMO_VAULT_KEY
from shop.vendors.joining.models import Application, PayWay
from shop.vendors.joining.rules import Account
from tests.cli.conftest import Give
from tests.world import World
from tests.world.joining import CARD, hall

NEW = "n" * 40


def test_keys_are_turned_by_hand(world: World, give: Give) -> None:
    at = hall(world)
    at.tell(account=Account(PayWay.BANK, "杨秀英", "农业银行", CARD))
    database = str(world.edge.engine.url.render_as_string(hide_password=False))
    turn = partial(give, "vault", "turn", SHOP_DATABASE_URL=database, SHOP_SECRET_KEY=world.house.settings.secret_key)
    refused = turn(SHOP_VAULT_KEY=NEW)
    assert refused.status == 1
    assert "does not hold" in refused.err
    done = turn(SHOP_VAULT_KEY=f"{NEW},{DEMO_VAULT_KEY}")
    assert (done.status, done.out) == (
        0,
        "Sealed under the first key: accounts 1, second factors 0, accounts on invoices 0. The older keys can go.\n",
    )
    kept = world.read(lambda session: session.scalars(select(Application.pay_secret)).one())
    assert CARD in Vault([NEW]).open(kept)
