"""`shop ledger …`: the books, proved against what they must follow from."""

import sys

import click

from shop.cli.opening import open_house, prepare_folder
from shop.flows.proof import prove
from shop.kernel.money import yuan
from shop.settings import Settings


@click.group()
def ledger() -> None:
    """Look into the books."""


@ledger.command()
def check() -> None:
    """Prove the books against payments, refunds and orders, to the fen; ends with 1 when anything differs."""
    settings = Settings.from_env()
    prepare_folder(settings)
    with open_house(settings).edge.reading() as session:
        flaws = prove(session)
    for flaw in flaws:
        click.echo(f"{flaw.what}: the books say {yuan(flaw.books_fen)}, it should be {yuan(flaw.should_fen)}")
    click.echo(f"{len(flaws)} differences." if flaws else "The books follow from payments, refunds and orders.")
    sys.exit(1 if flaws else 0)
