"""`shop vault`: the keys under which vendors' accounts are sealed."""

import click
from cryptography.fernet import InvalidToken

from shop.cli.opening import open_house
from shop.cli.troubles import Trouble
from shop.settings import Settings
from shop.vendors.joining.payout import turn_keys


@click.group()
def vault() -> None:
    """Look after what is kept sealed."""


@vault.command()
def turn() -> None:
    """Seal every account anew under the first key of SHOP_VAULT_KEY; the shop may run meanwhile."""
    house = open_house(Settings.from_env())
    try:
        turned = house.edge.run(lambda session: turn_keys(session, house.vault))
    except InvalidToken as error:
        raise Trouble(
            "An account was sealed under a key that SHOP_VAULT_KEY does not hold: add that key behind a comma."
            " Nothing was changed."
        ) from error
    click.echo(f"Accounts sealed under the first key: {turned}. The older keys can go.")
