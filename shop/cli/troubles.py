"""What an operator can get wrong, told in one sentence instead of a traceback."""

from collections.abc import Callable

import click
from sqlalchemy.exc import OperationalError

from shop.settings import BadSettings

REFUSED = 1
"""Exit status of what could not do its work and said why."""


class Trouble(click.ClickException):
    """A command cannot do its work; the message is one sentence that says what to do."""


def told(act: Callable[[], object]) -> int:
    """Run a command, tell its trouble in one sentence on standard error, and return the exit status.

    What is not an operator's trouble but a mistake of ours passes through, with its traceback.
    """
    try:
        act()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BadSettings as error:
        sentence = str(error)
    except OperationalError as error:
        sentence = _database_sentence(error)
    except OSError as error:
        sentence = _file_sentence(error)
    else:
        return 0
    click.echo(f"Error: {sentence}", err=True)
    return REFUSED


def _database_sentence(error: OperationalError) -> str:
    """Return what a driver said about a database that cannot be reached or written, in one line without the query."""
    said = " ".join(str(error.orig).split())
    return f"The database does not answer: {said.rstrip('.')}. Check SHOP_DATABASE_URL and that its server runs."


def _file_sentence(error: OSError) -> str:
    """Return what the system said about a file or an address, in one line."""
    what = error.strerror or type(error).__name__
    return f"{error.filename}: {what}." if error.filename else f"{what}."
