"""`shop photos`: what is kept of pictures."""

import click

from shop.cli.opening import open_house
from shop.media.sweeping import GRACE_DAYS, sweep
from shop.settings import Settings


@click.group()
def photos() -> None:
    """Look after the photos."""


@photos.command(name="sweep")
def sweep_photos() -> None:
    """Remove photos and files that nothing refers to; the shop may run meanwhile."""
    house = open_house(Settings.from_env())
    swept = sweep(house.edge, house.store, clock=house.clock)
    click.echo(
        f"Removed, older than {GRACE_DAYS} days: {swept.photos} photos that nothing refers to,"
        f" {swept.strays} of which there were files only."
    )
