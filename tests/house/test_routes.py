"""Laws of the addresses: everyone knows for whom a page is, and a stranger is turned away at every closed door."""

import ast
from collections.abc import Iterator

import pytest
from flask import Flask
from jinja2 import Environment, nodes
from werkzeug.routing import Rule

from shop.web import tokens
from shop.web.audience import Audience
from tests.house.source import SHOP, TEMPLATES, dotted, files, name, report
from tests.house.source import nodes as python_nodes
from tests.support.pages import Pages

PREFIXES = {
    Audience.VENDOR: ("/vendor",),
    Audience.STAFF: ("/staff", "/driver"),
    Audience.HOOK: ("/hooks",),
}
CLOSED = (Audience.BUYER, Audience.VENDOR, Audience.STAFF)


def audience_of(app: Flask, rule: Rule) -> Audience | None:
    bp = app.blueprints.get(rule.endpoint.rpartition(".")[0])
    found: Audience | None = getattr(bp, "audience", None)
    return found


def address_of(rule: Rule) -> str:
    """Return an address that matches a rule; whatever it names is not there."""
    with_values = dict.fromkeys(rule.arguments, "1")
    built = rule.build(with_values, append_unknown=False)
    assert built is not None, rule
    return built[1]


def test_every_address_has_an_audience_and_stands_under_its_prefix(app: Flask) -> None:
    found = []
    for rule in app.url_map.iter_rules():
        audience = audience_of(app, rule)
        if audience is None:
            found.append(f"{rule.rule} has no audience: make its blueprint with shop.web.audience.blueprint")
        elif not rule.rule.startswith(PREFIXES.get(audience, ("/",))):
            found.append(f"{rule.rule} is for {audience}, so it belongs under {PREFIXES[audience]}")
        elif audience not in (Audience.VENDOR, Audience.STAFF) and rule.rule.startswith(("/vendor", "/staff")):
            found.append(f"{rule.rule} looks closed but is open to {audience}")
    assert not found, report(found, "For whom is this page?")


def test_no_address_takes_more_than_it_needs(app: Flask) -> None:
    found = [
        f"{rule.rule} {sorted(rule.methods or ())}"
        for rule in app.url_map.iter_rules()
        if not (rule.methods or set()) <= {"GET", "HEAD", "OPTIONS", "POST"}
    ]
    assert not found, report(found, "Browsers' forms send GET and POST, nothing else:")


def test_a_stranger_is_turned_away_at_every_closed_door(
    app: Flask, pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages.checking = False
    found = []
    with app.test_request_context():
        doors = [
            (method, address_of(rule))
            for rule in app.url_map.iter_rules()
            if audience_of(app, rule) in CLOSED
            for method in sorted((rule.methods or set()) & {"GET", "POST"})
        ]
    monkeypatch.setattr(tokens, "judge", lambda: None)  # the guard is under test, not the form token
    for method, address in doors:
        answer = pages.client.open(address, method=method, data={"sent": "1"} if method == "POST" else None)
        sent_to = answer.headers.get("Location", "")
        turned_away = answer.status_code == 401 or (answer.status_code == 303 and sent_to.startswith("/sign-in"))
        if not turned_away:
            found.append(f"{method} {address}: {answer.status_code} {sent_to}")
    assert not found, report(found, "A visitor got past the guard of a closed blueprint:")


def _template_targets() -> Iterator[tuple[str, str]]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in files(".html", under=TEMPLATES):
        for call in environment.parse(path.read_text("utf-8")).find_all(nodes.Call):
            is_link = isinstance(call.node, nodes.Name) and call.node.name == "url_for"
            if is_link and call.args and isinstance(call.args[0], nodes.Const):
                yield f"{name(path)}:{call.lineno}", call.args[0].value


def _python_targets() -> Iterator[tuple[str, str]]:
    for path in files(".py", under=SHOP):
        for node in python_nodes(path):
            if isinstance(node, ast.Call) and dotted(node.func) == "url_for" and node.args:
                target = node.args[0]
                if isinstance(target, ast.Constant) and isinstance(target.value, str):
                    yield f"{name(path)}:{node.lineno}", target.value


@pytest.mark.parametrize("targets", [_template_targets, _python_targets], ids=["templates", "python"])
def test_every_link_of_ours_leads_somewhere(app: Flask, targets: object) -> None:
    assert callable(targets)
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    found = [f"{where} url_for('{target}')" for where, target in targets() if target not in known]
    assert not found, report(found, "There is no such endpoint:")
