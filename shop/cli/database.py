"""`shop db …`: the schema, up, down, and whether it is this code's."""

import click
from alembic.util.exc import CommandError

from shop.app import schema
from shop.cli.opening import NEWER, database_words, hold_folder, open_engine, prepare_folder, prepare_schema
from shop.cli.troubles import Trouble
from shop.settings import Settings


@click.group()
def db() -> None:
    """Bring the database to a schema."""


@db.command()
def upgrade() -> None:
    """Bring the database up to this code."""
    settings = Settings.from_env()
    prepare_folder(settings)
    prepare_schema(open_engine(settings))
    click.echo(f"The database is at {schema.head()}.")


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="What later migrations added is lost. Go on?")
def downgrade(revision: str) -> None:
    """Take the database back to REVISION (such as 0001, or base for none); make a backup first."""
    settings = Settings.from_env()
    prepare_folder(settings)
    engine = open_engine(settings)
    with hold_folder(settings, alone=True):
        if schema.standing(engine) is schema.Standing.NEWER:
            raise Trouble(NEWER)
        try:
            schema.downgrade(engine, revision)
        except CommandError as error:
            raise Trouble(f"There is no migration {revision} to go back to: see migrations/versions.") from error
    click.echo(f"The database is at {revision}.")


@db.command()
def check() -> None:
    """Tell how the database stands to this code; the exit status is 0 only when it is this code's."""
    settings = Settings.from_env()
    at = schema.standing(open_engine(settings))
    click.echo(f"{database_words(settings)}: {at}")
    if at is schema.Standing.NEWER:
        raise Trouble(NEWER)
    if at is not schema.Standing.CURRENT:
        raise Trouble("Run `shop db upgrade`.")
