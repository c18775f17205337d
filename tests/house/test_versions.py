"""Every form of the centre that changes something says what it saw: an old page is told, and nothing is done for it."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from shop.accounts.models import Role
from shop.kernel.db import Model
from shop.web.acts import ACT_WORDS
from shop.web.audience import Audience
from tests.house.carried import CARRIED
from tests.house.invoiced import INVOICED
from tests.house.source import report
from tests.house.test_routes import audience_of
from tests.house.versioned import BY_STATE, NEW, VERSIONED
from tests.house.ways import Ground, Way
from tests.house.written import WRITTEN
from tests.support.page import Form, Page
from tests.support.pages import Pages
from tests.world import World
from tests.world.factors import prove
from tests.world.market import PASSWORD, someone

ALL = {**VERSIONED, **CARRIED, **INVOICED, **WRITTEN}
LEFT_OUT = frozenset({"attempt", "sign_in"})
"""Tables that have nothing to do with what a form says."""
OLD = 409
Rows = Mapping[str, list[str]]


def _forms(app: Flask) -> set[str]:
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if audience_of(app, rule) is Audience.STAFF and "POST" in (rule.methods or ())
    }


def test_every_form_of_the_centre_is_placed(app: Flask) -> None:
    missing = sorted(_forms(app) - set(ALL) - set(NEW) - set(BY_STATE))
    assert not missing, report(missing, "Say in tests/house/versioned.py how it is sent, or why it has no version:")


def test_no_place_of_a_form_is_left_over(app: Flask) -> None:
    placed = Counter([*CARRIED, *VERSIONED, *INVOICED, *WRITTEN, *NEW, *BY_STATE])
    gone = sorted({endpoint for endpoint, times in placed.items() if times > 1 or endpoint not in _forms(app)})
    assert not gone, report(gone, "Placed, but there is no such form, or it is placed twice:")


@pytest.fixture
def ground(world: World) -> Ground:
    """A founded town."""
    made = Ground(world)
    assert made.at.vendor.code
    return made


@pytest.mark.parametrize("blueprint", sorted({endpoint.partition(".")[0] for endpoint in ALL}))
def test_an_old_page_is_told_and_the_same_press_twice_is_one(
    app: Flask, ground: Ground, visitor: Callable[[], Pages], blueprint: str
) -> None:
    first, second = (someone(ground.world, Role.MANAGER) for _ in range(2))
    browsers = visitor(), visitor()
    for browser, person in zip(browsers, (first, second), strict=True):
        browser.sign_in(person.phone, PASSWORD)
        prove(ground.world, browser, person)
    found = []
    for endpoint, made in ALL.items():
        if endpoint.partition(".")[0] == blueprint:
            way = made(ground)
            found += [f"{endpoint}: {trouble}" for trouble in _troubles(ground, way, *browsers, first.code)]
            if way.history == "audit_entry" and endpoint not in ACT_WORDS:
                found.append(f"{endpoint}: shop/accounts/views/staff_acts.py has no words for it")
    assert not found, report(found, "A form of the centre and what it saw:")


def _troubles(ground: Ground, way: Way, ours: Pages, theirs: Pages, label: str) -> list[str]:
    """Return what is wrong with a form that two people have open, of whom the first one is quicker."""
    mine, other = (_opened(browser, way) for browser in (ours, theirs))
    names = [name for name in mine.values if name.startswith(way.seen) or name.split("-")[-1] == way.seen]
    if not names or (way.seen == "version" and len(names) != 1):
        return [f"carries {len(names)} versions"]
    found, before = [], _rows(ground)
    forged = {name: _other_than(*other.values[name]) for name in names}
    if (status := _send(theirs, other, way, forged)) != OLD or _rows(ground) != before:
        found.append(f"a version that never was: {status}, {_moved(before, _rows(ground))}")
    if (status := _send(ours, mine, way)) not in (302, 303):
        return [*found, f"the right version: {status}"]
    after = _rows(ground)
    written = [row for row in after[way.history] if row not in before[way.history] and f"'{label}'" in row]
    if len(written) != 1:
        found.append(f"{len(written)} rows of {way.history} say who did it, not one; {_moved(before, after)}")
    status = _send(theirs, other, way)
    is_told = status == OLD if not way.late else status in (302, 303) and way.late in theirs.get("/staff").text
    if not is_told or _rows(ground) != after:
        found.append(f"the other's old page: {status}, {_moved(after, _rows(ground))}")
    if (status := _send(ours, mine, way)) not in (302, 303) or _rows(ground) != after:
        found.append(f"the same press again: {status}, {_moved(after, _rows(ground))}")
    return found


def _other_than(version: str) -> str:
    return str(int(version) + 7) if version.isdecimal() else f"{version}x"


def _opened(browser: Pages, way: Way) -> Form:
    if way.before:
        browser.post(way.before)
    return _form(browser.get(way.page), way.form)


def _form(page: Page, which: str) -> Form:
    """Return the first form of this id, action or button, the whole of it or a part."""
    forms = [(form, {form.id, form.action, *(button.label for button in form.buttons)}) for form in page.forms()]
    whole = [form for form, words in forms if which in words]
    return (whole or [form for form, words in forms if any(which in word for word in words)])[0]


def _send(browser: Pages, form: Form, way: Way, forged: Mapping[str, str] | None = None) -> int:
    data: dict[str, Any] = {name: list(values) for name, values in form.values.items()}
    data.update(way.fields())
    data.update(forged or {})
    buttons = [one for one in form.buttons if one.name and (not way.press or way.press in one.label)]
    if way.press and buttons:
        data[buttons[0].name or ""] = buttons[0].value
    return browser.client.post(form.action, data=data).status_code


def _rows(ground: Ground) -> Rows:
    """Return every row of every table that a form could change; read anew only where something was written since."""
    engine, tables = ground.world.edge.engine, [t for t in Model.metadata.sorted_tables if t.name not in LEFT_OUT]
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}
    ours = ground.reader
    (version,) = ours.execute("PRAGMA data_version").fetchone()
    if ground.read is None or ground.read[0] != version:
        read = {table.name: sorted(map(repr, ours.execute(f'SELECT * FROM "{table.name}"'))) for table in tables}
        ground.read = version, read
    return ground.read[1]


def _moved(before: Rows, after: Rows) -> str:
    moved = sorted(name for name in after if after[name] != before[name])
    return f"moved: {', '.join(moved) or 'nothing'}"
