"""The command `shop`: every door that is not a page. What an operator can get wrong is told in one sentence."""

import sys

import click

from shop.cli.archive import backup, restore
from shop.cli.catalogue import catalogue
from shop.cli.database import db
from shop.cli.demo import demo
from shop.cli.doctor import doctor
from shop.cli.init import init
from shop.cli.people import user
from shop.cli.photos import photos
from shop.cli.proving import ledger
from shop.cli.searching import follow, search
from shop.cli.serving import serve, worker
from shop.cli.states import states
from shop.cli.troubles import told
from shop.cli.up import up
from shop.cli.vault import vault
from shop.cli.words import words


@click.group()
def shop() -> None:
    """Run the market of one town."""


COMMANDS = (
    up, serve, worker, follow, db, init, demo, user, catalogue, backup, restore, doctor, ledger, search, photos, states,
    vault, words,
)  # fmt: skip

for command in COMMANDS:
    shop.add_command(command)


def main() -> None:
    """Run the command line; ends the process with 0, 1 for what could not be done, 2 for what could not be read."""
    try:
        sys.exit(told(lambda: shop(prog_name="shop", standalone_mode=False)))
    except click.Abort:
        click.echo("\nStopped.", err=True)
        sys.exit(130)
