"""`shop states`: the page of states, printed from the tables the code obeys."""

import click

from shop.app.states import states_page


@click.command()
def states() -> None:
    """Print docs/states.md."""
    click.echo(states_page(), nl=False)
