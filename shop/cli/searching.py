"""`shop follow` and `shop search …`: this machine's search index, which can always be built again."""

import signal
from functools import partial
from threading import Event

import click

from shop.cli.logs import configure
from shop.cli.opening import hold_folder, open_current_house, open_town, prepare_folder
from shop.cli.troubles import Trouble
from shop.search import follower
from shop.search.generations import FollowerBusy
from shop.search.services import collect_misses
from shop.settings import Settings


def follow_until_told(settings: Settings) -> None:
    """Keep this machine's search index up to date until SIGTERM or SIGINT.

    Raises:
        Trouble: another process does so already.
    """
    configure("follow")
    house, stop = open_town(settings), Event()
    collect = partial(collect_misses, house.edge, settings.search_dir, clock=house.clock)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        follower.run(house.edge.engine, settings.search_dir, stop=stop, beside=collect)
    except FollowerBusy as busy:
        raise Trouble(f"Another process follows the catalogue in {settings.search_dir} already.") from busy


@click.command()
def follow() -> None:
    """Keep this machine's search index up to date."""
    settings = Settings.from_env()
    prepare_folder(settings)
    with hold_folder(settings):
        follow_until_told(settings)


@click.group()
def search() -> None:
    """Look after this machine's search index."""


@search.command()
def rebuild() -> None:
    """Build the index anew; people go on searching in the old one meanwhile."""
    settings = Settings.from_env()
    configure("search")
    prepare_folder(settings)
    house = open_current_house(settings)
    is_done = follower.rebuild(house.edge.engine, settings.search_dir)
    click.echo("The index is built anew." if is_done else "The running follower was asked to build it anew.")


@search.command()
def status() -> None:
    """Tell how this machine's index stands to the database; the exit status is 0 when it can be searched."""
    settings = Settings.from_env()
    seen = follower.status(open_current_house(settings).edge.engine, settings.search_dir)
    if not seen.healthy:
        raise Trouble(f"The index cannot be used ({seen.reason}): let `shop follow` run, or `shop search rebuild`.")
    click.echo(
        f"{seen.documents} listings in {seen.generation} (built for: {seen.built_for}), {seen.lag} changes to read."
    )
