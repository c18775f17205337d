"""`shop up`: everything under one command, from an empty folder to an open shop."""

import http.client
import time

import click

from shop.app import schema
from shop.cli.demo import sign_ins
from shop.cli.logs import configure
from shop.cli.opening import NEWER, free_port, hold_folder, open_house, prepare_folder
from shop.cli.supervisor import Supervisor
from shop.cli.troubles import Trouble
from shop.demo.load import load as load_demo
from shop.settings import Settings
from shop.town.queries import has_town
from shop.web.house import House

CHILDREN = (("web", ("serve",)), ("worker", ("worker",)), ("follow", ("follow",)))
PATIENCE_S = 60.0
"""How long a start may take before the address is printed with what is still missing."""
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}  # noqa: S104 - an address to ask, not one to serve from


@click.command()
def up() -> None:
    """Prepare everything, then run web, worker and search follower until Ctrl-C."""
    settings = Settings.from_env()
    configure("up")
    prepare_folder(settings)
    with hold_folder(settings):
        free_port(settings)
        prepare(settings)
        end = time.monotonic() + PATIENCE_S
        status = Supervisor(CHILDREN).run(lambda: _answers(settings, end), lambda: _welcome(settings))
    raise SystemExit(status)


def prepare(settings: Settings) -> None:
    """Bring the database up to this code and, in the demo, load its town on the first start.

    Raises:
        Trouble: the database is newer than the code, or a real town was not set up.
    """
    house = open_house(settings)
    engine = house.edge.engine
    at = schema.standing(engine)
    if at is schema.Standing.NEWER:
        raise Trouble(NEWER)
    if at is not schema.Standing.CURRENT:
        click.echo("Bringing the database up to this code.")
        schema.upgrade(engine)
    if not _has_town(house):
        if not settings.is_demo:
            raise Trouble("There is no town yet: run `shop init` first.")
        click.echo("Loading the demo town.")
        load_demo(house)
    engine.dispose()


def _has_town(house: House) -> bool:
    with house.edge.reading() as session:
        return has_town(session)


def _answers(settings: Settings, end: float) -> bool:
    """Tell whether the shop is ready; after long enough, whether it is at least alive."""
    return _ask(settings, "/readyz") or (time.monotonic() > end and _ask(settings, "/healthz"))


def _ask(settings: Settings, path: str) -> bool:
    connection = http.client.HTTPConnection(
        EVERYWHERE.get(settings.host, settings.host.strip("[]")), settings.port, timeout=2
    )
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
            click.echo(f"  {person.role:<9} {person.phone}  {person.password}  {person.name}")
