"""`shop user …`: accounts made by whoever has the machine."""

import click

from shop.accounts.models import Role
from shop.accounts.services import create_user
from shop.cli.opening import open_current_house
from shop.cli.troubles import Trouble
from shop.kernel.actor import system
from shop.kernel.errors import Invalid
from shop.settings import Settings

ACTOR = system("command:user")
REFUSALS = {
    ("phone", "shape"): "That is no mobile number: eleven digits that begin with 13 to 19.",
    ("phone", "taken"): "Somebody has an account with this phone number already.",
    ("name", "length"): "A name has 1 to 40 characters.",
    ("password", "short"): "A password has at least 8 characters.",
    ("password", "long"): "A password has at most 128 characters.",
    ("password", "phone"): "A password must not be the phone number.",
    ("password", "common"): "That password is among the first that are tried: choose another.",
}


def refusal_sentence(refusal: Invalid) -> str:
    """Return why a person's account cannot be, in one sentence."""
    return REFUSALS.get((refusal.field, refusal.reason), f"{refusal.field} cannot be that ({refusal.reason}).")


@click.group()
def user() -> None:
    """Make accounts."""


@user.command()
@click.option("--phone", prompt=True, help="Mobile number, which the person signs in with.")
@click.option("--name", prompt=True)
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role]))
@click.password_option(help="Asked for when it is not given; what is given here stands in the shell's history.")
def create(phone: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Open an account with one or more roles."""
    house = open_current_house(Settings.from_env())
    try:
        person = house.edge.run(
            lambda session: create_user(
                session,
                phone=phone,
                name=name,
                password=password,
                roles=[Role(role) for role in roles],
                hasher=house.hasher,
                actor=ACTOR,
                clock=house.clock,
            )
        )
    except Invalid as refusal:
        raise Trouble(refusal_sentence(refusal)) from refusal
    click.echo(f"Account {person.code} opened ({', '.join(sorted(person.roles))}).")
