"""`shop vault`: the keys under which accounts and people's second factors are sealed."""

import click
from cryptography.fernet import InvalidToken

from shop.accounts.factors.services import turn_factors
from shop.cli.opening import open_house
from shop.cli.troubles import Trouble
from shop.invoices.sealed import turn_accounts
from shop.settings import Settings
from shop.vendors.joining.payout import turn_keys


@click.group()
def vault() -> None:
    """Look after what is kept sealed."""


@vault.command()
def turn() -> None:
    """Seal every account and second factor anew under the first key of SHOP_VAULT_KEY; the shop may run meanwhile."""
    house = open_house(Settings.from_env())
    try:
        turned, factors, invoices = house.edge.run(
            lambda session: (
                turn_keys(session, house.vault),
                turn_factors(session, house.vault),
                turn_accounts(session, house.vault),
            )
        )
    except InvalidToken as error:
        raise Trouble(
            "Something was sealed under a key that SHOP_VAULT_KEY does not hold: add that key behind a comma."
            " Nothing was changed."
        ) from error
    click.echo(
        f"Sealed under the first key: accounts {turned}, second factors {factors}, accounts on invoices {invoices}."
        " The older keys can go."
    )
