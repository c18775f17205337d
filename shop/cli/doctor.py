"""`shop doctor`: is everything well, and if not, what to do."""

import sys

import click

from shop.cli.examining import examine
from shop.cli.opening import open_house, prepare_folder
from shop.settings import Settings


@click.command()
def doctor() -> None:
    """Check settings, disk, storage, queue, gateways, index, database, jobs, clock, stock and books."""
    settings = Settings.from_env()
    prepare_folder(settings)
    ill = 0
    for finding in examine(open_house(settings)):
        click.echo(f"{'OK ' if finding.is_ok else 'BAD'}  {finding.check:<11} {finding.said}")
        if not finding.is_ok:
            click.echo(f"     {'':<11} -> {finding.remedy}")
            ill += 1
    click.echo(f"{ill} of the checks found something." if ill else "All is well.")
    sys.exit(1 if ill else 0)
