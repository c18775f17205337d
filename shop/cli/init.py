"""`shop init`: a real town from a file or from answers, written in one transaction."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.models import Role
from shop.accounts.services import create_user
from shop.cli.opening import open_house, prepare_folder, prepare_schema
from shop.cli.people import refusal_sentence
from shop.cli.troubles import Trouble
from shop.flows.founding import BadPlan, Row, TownPlan, found_town
from shop.kernel.actor import system
from shop.kernel.errors import Invalid
from shop.settings import Settings
from shop.town.queries import has_town
from shop.town.rules import parse_names, parse_opening, parse_percent
from shop.web.house import House

ACTOR = system("command:init")


@dataclass(frozen=True)
class Manager:
    """The first person who can sign in and run the town."""

    phone: str
    name: str
    password: str


def plan_of(path: Path) -> tuple[TownPlan, Manager]:
    """Read a town from a TOML file with [town], [[villages]], [[freight]], [[holidays]] and [manager].

    Raises:
        Trouble: it is no TOML, or a table or a key of the manager is missing or too many.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        plan = TownPlan(told["town"], told["villages"], told["freight"], told.get("holidays", ()))
        return plan, Manager(**told["manager"])
    except KeyError as error:
        raise Trouble(f"{path} lacks the table {error.args[0]}: see docs/operate.md for an example.") from error
    except TypeError as error:
        raise Trouble(f"{path}: [manager] takes phone, name and password, all of them and nothing else.") from error
    except ValueError as error:
        raise Trouble(f"{path} is not valid TOML: {error}.") from error


def found(house: House, plan: TownPlan, manager: Manager) -> None:
    """Write the town and the account of its first manager.

    Raises:
        Trouble: something cannot be, named in a sentence; nothing was written.
    """

    def act(session: Session) -> None:
        found_town(session, plan, actor=ACTOR)
        create_user(
            session,
            phone=manager.phone,
            name=manager.name,
            password=manager.password,
            roles=[Role.MANAGER, Role.STAFF],
            hasher=house.hasher,
            actor=ACTOR,
            clock=house.clock,
        )

    try:
        house.edge.run(act)
    except BadPlan as bad:
        raise Trouble(f"In {bad.place}: {_why(bad.__cause__)}") from bad
    except Invalid as refusal:
        raise Trouble(f"In manager: {refusal_sentence(refusal)}") from refusal
    except IntegrityError as error:
        raise Trouble("A name or a code is there twice, or a number is out of range.") from error


def _why(cause: BaseException | None) -> str:
    if isinstance(cause, Invalid):
        return refusal_sentence(cause)
    if isinstance(cause, KeyError):
        return f"{cause.args[0]} is missing."
    # Python's own words name the key that is too many or too few.
    return f"{str(cause).rpartition('__init__() ')[2]}."


def _answered() -> tuple[TownPlan, Manager]:
    """Ask for everything on the terminal."""
    ask = click.prompt
    name = ask("Name of the town")
    town = {
        "name": name,
        "aliases": parse_names(ask("Its other names, separated by blanks", default="", show_default=False)),
        "division": ask("Where it lies (province, city, county)"),
        "slogan": ask("A line for the front page"),
        "centre_name": ask("Name of the centre", default=f"{name}山货中心"),
        "centre_address": ask("Its address"),
        "centre_phone": ask("Its telephone"),
        "opening": [
            {"days": days, "hours": hours}
            for days, hours in ask(
                "Opening hours, days and hours, separated by a semicolon",
                default="周一至周六 08:00–18:00;周日 09:00–16:00",
                value_proc=lambda text: _asked(lambda: parse_opening(text.replace(";", "\n").replace("；", "\n"))),
            )
        ],
        "cutoff": ask("Orders after this hour count for the next day", default="20:00"),
        "fee_bp": ask(
            "The centre's fee in percent", default="10", value_proc=lambda text: _asked(lambda: parse_percent(text))
        ),
        "hold_minutes": ask("Minutes that goods wait for a payment", default=15, type=int),
    }
    villages = _several("village", _village)
    freight = _several("freight zone", _zone)
    holidays = _several("holiday", lambda: {"on": ask("Date (YYYY-MM-DD)"), "name": ask("Name")}, least=0)
    manager = Manager(
        ask("Mobile number of the first manager"),
        ask("Their name"),
        ask("Their password", hide_input=True, confirmation_prompt=True),
    )
    return TownPlan(town, villages, freight, holidays), manager


def _asked(parse: Callable[[], Any]) -> Any:
    try:
        return parse()
    except Invalid as refusal:
        raise click.BadParameter(f"cannot be read ({refusal.reason}).") from refusal


def _several(what: str, ask: Callable[[], Row], *, least: int = 1) -> list[Row]:
    rows: list[Row] = []
    while len(rows) < least or click.confirm(f"Another {what}?", default=False):
        rows.append(ask())
    return rows


def _village() -> Row:
    return {
        "name": click.prompt("Name of the village"),
        "aliases": parse_names(click.prompt("Its other names", default="", show_default=False)),
    }


def _zone() -> Row:
    return {
        "name": click.prompt("Name of the freight zone", default="四川省内"),
        "provinces": parse_names(click.prompt("Its provinces, separated by blanks", default="四川")),
        "first_g": click.prompt("First weight in grams", default=1000, type=int),
        "first_fen": click.prompt("Price of the first weight in fen", default=600, type=int),
        "step_g": click.prompt("Every further weight in grams", default=1000, type=int),
        "step_fen": click.prompt("Price of every further weight in fen", default=150, type=int),
        "days": click.prompt("Days on the way", default=2, type=int),
    }


@click.command()
@click.option("--file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Answers in a TOML file.")
def init(file: Path | None) -> None:
    """Set up a real town without demo data; asks for what it needs when no file is given."""
    settings = Settings.from_env()
    prepare_folder(settings)
    house = open_house(settings)
    prepare_schema(house.edge.engine)
    with house.edge.reading() as session:
        if has_town(session):
            raise Trouble("There is a town already: its manager changes it on its page, /staff/town.")
    plan, manager = plan_of(file) if file else _answered()
    found(house, plan, manager)
    click.echo(f"{plan.town['name']} is set up. `shop up` starts it; the manager signs in with their phone number.")
