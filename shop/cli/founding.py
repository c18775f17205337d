"""`shop init`: a real town from a file or from answers, written in one transaction."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.models import Role
from shop.accounts.services import create_user
from shop.app import schema
from shop.cli.opening import NEWER, open_house, prepare_folder
from shop.cli.people import refusal_sentence
from shop.cli.troubles import Trouble
from shop.courier.services import add_zone
from shop.kernel.actor import system
from shop.kernel.errors import Invalid, ShopError
from shop.settings import Settings
from shop.town import services
from shop.town.queries import has_town
from shop.town.rules import parse_names, parse_opening, parse_percent
from shop.web.house import House

ACTOR = system("command:init")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """A town as it shall be: tables with the keys of `shop/demo/data/town.toml`, and the first manager."""

    town: Row
    villages: Sequence[Row]
    freight: Sequence[Row]
    holidays: Sequence[Row]
    manager: Row


def plan_of(path: Path) -> Plan:
    """Read a plan from a TOML file with [town], [[villages]], [[freight]], [[holidays]] and [manager].

    Raises:
        Trouble: it is no TOML, or a table is missing.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        return Plan(told["town"], told["villages"], told["freight"], told.get("holidays", ()), told["manager"])
    except KeyError as error:
        raise Trouble(f"{path} lacks the table {error.args[0]}: see docs/operate.md for an example.") from error
    except ValueError as error:
        raise Trouble(f"{path} is not valid TOML: {error}.") from error


def found(house: House, plan: Plan) -> None:
    """Write the town, its villages, freight, holidays and first manager.

    Raises:
        Trouble: something in the plan cannot be, named in a sentence; nothing was written.
    """
    place = "town"

    def act(session: Session) -> None:
        nonlocal place
        opening = [(row["days"], row["hours"]) for row in plan.town["opening"]]
        services.set_up(session, services.Wanted(**{**plan.town, "opening": opening}), actor=ACTOR)
        for number, row in enumerate(plan.villages, 1):
            place = f"village {number}"
            services.add_village(session, **row, actor=ACTOR)
        for number, row in enumerate(plan.freight, 1):
            place = f"freight {number}"
            add_zone(session, **row)
        for number, row in enumerate(plan.holidays, 1):
            place = f"holiday {number}"
            services.add_holiday(session, date.fromisoformat(row["on"]), row["name"], actor=ACTOR)
        place = "manager"
        create_user(
            session,
            **plan.manager,
            roles=[Role.MANAGER, Role.STAFF],
            hasher=house.hasher,
            actor=ACTOR,
            clock=house.clock,
        )

    try:
        house.edge.run(act)
    except Invalid as refusal:
        raise Trouble(f"In {place}: {refusal_sentence(refusal)}") from refusal
    except ShopError as refusal:
        raise Trouble("There is a town already: its manager changes it on the page 镇上设置.") from refusal
    except IntegrityError as error:
        raise Trouble(f"In {place}: a name or code is there twice, or a number is out of range.") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # A key too many, too few, or of another type; the message names it.
        raise Trouble(f"In {place}: {' '.join(str(error).split())}.") from error


def _answered() -> Plan:
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
    manager = {
        "phone": ask("Mobile number of the first manager"),
        "name": ask("Their name"),
        "password": ask("Their password", hide_input=True, confirmation_prompt=True),
    }
    return Plan(town, villages, freight, holidays, manager)


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
    if schema.standing(house.edge.engine) is schema.Standing.NEWER:
        raise Trouble(NEWER)
    schema.upgrade(house.edge.engine)
    with house.edge.reading() as session:
        if has_town(session):
            raise Trouble("There is a town already: its manager changes it on the page 镇上设置.")
    plan = plan_of(file) if file else _answered()
    found(house, plan)
    click.echo(f"{plan.town['name']} is set up. `shop up` starts it; the manager signs in with their phone number.")
