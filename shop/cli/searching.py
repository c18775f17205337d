"""`shop follow` and `shop search …`: this machine's search index, which can always be built again."""

import click

from shop.cli.logs import configure
from shop.cli.opening import hold_folder, open_town, prepare_folder
from shop.search.follower import follow as follow_catalogue
from shop.settings import Settings


@click.command()
def follow() -> None:
    """Keep this machine's search index up to date."""
    settings = Settings.from_env()
    configure("follow")
    prepare_folder(settings)
    with hold_folder(settings):
        follow_catalogue(open_town(settings).edge, settings.search_dir)


@click.group()
def search() -> None:
    """Look after this machine's search index."""
