"""What an operator can get wrong, told in one sentence instead of a traceback."""

import click
from sqlalchemy.exc import OperationalError


class Trouble(click.ClickException):
    """A command cannot do its work; the message is one sentence that says what to do."""


def database_sentence(error: OperationalError) -> str:
    """Return what a driver said about a database that cannot be reached or written, in one line without the query."""
    said = " ".join(str(error.orig).split())
    return f"The database does not do its part: {said.rstrip('.')}. Check SHOP_DATABASE_URL and that the server runs."


def file_sentence(error: OSError) -> str:
    """Return what the system said about a file or an address, in one line."""
    what = error.strerror or type(error).__name__
    return f"{error.filename}: {what}." if error.filename else f"{what}."
