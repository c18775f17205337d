"""`shop up`: everything under one command, from an empty folder to an open shop."""

import http.client
import time

import click

from shop.cli.logs import configure
from shop.cli.opening import free_port, hold_folder, open_house, prepare_folder, prepare_schema
from shop.cli.searching import follow_until_told
from shop.cli.serving import serve_until_told, work_until_told
from shop.cli.supervisor import Supervisor, run_apart
from shop.cli.troubles import Trouble
from shop.demo.load import load as load_demo
from shop.demo.load import sign_ins
from shop.settings import DEMO_FACTOR_KEY, Settings
from shop.town.queries import has_town

PATIENCE_S = 60.0
"""How long a start may take before the address is printed with something still missing."""
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - an address to ask, not one to serve from


@click.command()
def up() -> None:
    """Prepare everything, then run web, worker and search follower until Ctrl-C."""
    settings = Settings.from_env()
    configure("up")
    prepare_folder(settings)
    with hold_folder(settings):
        free_port(settings)
        # In a process of its own: the children are copies of this one, which must not hold a connection or a thread.
        status = run_apart(lambda: _prepare(settings))
        if status == 0:
            end = time.monotonic() + PATIENCE_S
            status = Supervisor(
                {
                    "web": lambda: serve_until_told(settings),
                    "worker": lambda: work_until_told(settings),
                    "follow": lambda: follow_until_told(settings),
                }
            ).run(lambda: _answers(settings, end), lambda: _welcome(settings))
    raise SystemExit(status)


def _prepare(settings: Settings) -> None:
    """Bring the database up to this code and, in the demo, load its town on the first start.

    Raises:
        Trouble: the database is newer than the code, or a real town was not set up.
    """
    house = open_house(settings)
    if prepare_schema(house.edge.engine):
        click.echo("The database was brought up to this code.")
    with house.edge.reading() as session:
        if has_town(session):
            return
    if not settings.is_demo:
        raise Trouble("There is no town yet: run `shop init` first.")
    click.echo("Loading the demo town; this takes a moment, once.")
    load_demo(house)


def _answers(settings: Settings, end: float) -> bool:
    """Tell whether the shop is ready; after long enough, whether it is at least alive."""
    return _ask(settings, "/readyz") or (time.monotonic() > end and _ask(settings, "/healthz"))


def _ask(settings: Settings, path: str) -> bool:
    host = settings.host.strip("[]")
    connection = http.client.HTTPConnection(EVERYWHERE.get(host, host), settings.port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _welcome(settings: Settings) -> None:
    click.echo(f"\nOpen at {settings.public_url}  (Ctrl-C stops everything)")
    if settings.is_demo:
        click.echo("\nDemo sign-ins:")
        for person in sign_ins():
            click.echo(f"  {person.key:<9} {person.phone}  {person.password}  {person.name}")
            if person.card:
                click.echo(f"            {settings.public_url}/card/{person.card}  PIN {person.pin}")
            if person.has_factor:
                click.echo(f"            second factor: its page tells the code (key {DEMO_FACTOR_KEY})")
