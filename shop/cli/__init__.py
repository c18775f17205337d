"""The command `shop`: every door that is not a page. What an operator can get wrong is told in one sentence."""

import sys

import click
from sqlalchemy.exc import OperationalError

from shop.cli.archive import backup, restore
from shop.cli.database import db
from shop.cli.demo import demo
from shop.cli.doctor import doctor
from shop.cli.founding import init
from shop.cli.people import user
from shop.cli.searching import follow, search
from shop.cli.serving import serve, worker
from shop.cli.troubles import database_sentence, file_sentence
from shop.cli.up import up
from shop.settings import BadSettings


@click.group()
def shop() -> None:
    """Run the market of one town."""


for command in (up, serve, worker, follow, db, init, demo, user, backup, restore, doctor, search):
    shop.add_command(command)


def main() -> None:
    """Run the command line; ends the process with 0, 1 for a refusal, 2 for a command that cannot be read."""
    try:
        shop(prog_name="shop")
    except BadSettings as error:
        _refuse(str(error))
    except OperationalError as error:
        _refuse(database_sentence(error))
    except OSError as error:
        _refuse(file_sentence(error))


def _refuse(sentence: str) -> None:
    click.echo(f"Error: {sentence}", err=True)
    sys.exit(1)
