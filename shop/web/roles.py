"""Which roles a staff page needs: its blueprint's, or its own; asked by the guard, the menu and links."""

from collections.abc import Callable, Set
from typing import Any, TypeVar

from flask import Flask, current_app

STAFF_ROLES = ("staff", "manager")
COUNTER_ROLES = ("staff", "counter", "manager")
PACKING_ROLES = ("staff", "packer", "manager")
MONEY_ROLES = ("staff", "finance", "manager")
PAYING_ROLES = ("finance", "manager")
ASKING_ROLES = ("staff", "counter", "finance", "manager")
"""Who is asked about an order: the list of them."""
FIGURES_ROLES = ("staff", "finance", "manager")
"""Who reads the reports."""
MONEY_FIGURES_ROLES = ("finance", "manager")
"""Who reads amounts in them; others read counts."""
DESK_ROLES = ("staff", "counter", "packer", "finance", "manager")
"""Everybody who works inside the centre."""

View = TypeVar("View", bound=Callable[..., Any])


def needs(*roles: str) -> Callable[[View], View]:
    """Mark a staff page as one for these roles instead of its blueprint's."""

    def mark(view: View) -> View:
        setattr(view, "roles", roles)  # noqa: B010 - read by `roles_of`
        return view

    return mark


def roles_of(app: Flask, endpoint: str) -> tuple[str, ...]:
    """Return the roles of which one opens a staff page, none for a page of another audience."""
    own = getattr(app.blueprints.get(endpoint.rpartition(".")[0]), "roles", ())
    found: tuple[str, ...] = getattr(app.view_functions.get(endpoint), "roles", own)
    return found


def may_open(endpoint: str, roles: Set[str]) -> bool:
    """Tell whether who has these roles may open a staff page; menus and links ask before they show it."""
    return not roles.isdisjoint(roles_of(current_app, endpoint))
