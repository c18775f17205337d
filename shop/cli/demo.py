"""`shop demo load`: the demo town."""

import click

from shop.cli.opening import open_current_house
from shop.cli.troubles import Trouble
from shop.demo.load import load as load_demo
from shop.settings import Settings
from shop.town.queries import has_town


@click.group()
def demo() -> None:
    """Fill the demo town."""


@demo.command()
def load() -> None:
    """Load the demo town into an empty database."""
    settings = Settings.from_env()
    if not settings.is_demo:
        raise Trouble("SHOP_ENV is production: the demo town's passwords are known to everyone.")
    house = open_current_house(settings)
    with house.edge.reading() as session:
        if has_town(session):
            raise Trouble("There is a town already: the demo goes into an empty database only.")
    load_demo(house)
    click.echo("The demo town is loaded.")
